import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { assertDiskNotFull, hasFiles } from "./disk.ts";
import { closeSecrets, generateSecrets, readSecrets, type Secrets } from "./secrets.ts";
import { messageOf, repairHint, StartFailure } from "./start-failure.ts";

export type HomePaths = {
  dir: string;
  runDir: string;
  logsDir: string;
  postgresDir: string;
  temporalDir: string;
  reposDir: string;
  worktreesDir: string;
  sampleProjectDir: string;
  hostIdFile: string;
  secretsFile: string;
  /** Holds the generated password until it has been shown. */
  firstPasswordFile: string;
};

export type Home = HomePaths & { secrets: Secrets };

/** Where things are in a home, whatever its state. */
export function homePaths(dir: string): HomePaths {
  return {
    dir,
    runDir: join(dir, "run"),
    logsDir: join(dir, "logs"),
    postgresDir: join(dir, "postgres"),
    temporalDir: join(dir, "temporal"),
    reposDir: join(dir, "repos"),
    worktreesDir: join(dir, "worktrees"),
    sampleProjectDir: join(dir, "sample-project"),
    hostIdFile: join(dir, "host-id"),
    secretsFile: join(dir, "secrets.json"),
    firstPasswordFile: join(dir, "first-password"),
  };
}

/**
 * Opens HEDDLE_HOME, making what a new one needs. Makes nothing up that a used one has lost.
 * @throws StartFailure if it cannot be used, with what is wrong and the way out
 */
export function openHome(dir: string, report: (line: string) => void): Home {
  const paths = homePaths(dir);
  makeFolders(paths);
  assertDiskNotFull(dir);
  return { ...paths, secrets: openSecrets(paths, report) };
}

/** True if threads have run here, or a database was made. */
export function isUsed({ postgresDir, reposDir, worktreesDir }: HomePaths): boolean {
  return [postgresDir, reposDir, worktreesDir].some(hasFiles);
}

/** @throws StartFailure rather than to begin with an empty database where there was one */
export function assertDatabaseNotLost(paths: HomePaths): void {
  if (hasFiles(paths.postgresDir) || !isUsed(paths)) return;
  throw new StartFailure(
    `the database is gone: ${paths.postgresDir} is missing, though ${paths.dir} has been used. If it is on a server of your own, set DATABASE_URL; else put the folder back, or restore a backup with \`npm run restore\`. Nothing was changed. ${repairHint}`,
  );
}

function makeFolders({ dir, ...paths }: HomePaths): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    // Also in a home that its operator made open to others.
    for (const folder of [paths.runDir, paths.logsDir, paths.temporalDir, paths.reposDir, paths.worktreesDir]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    }
  } catch (error) {
    throw new StartFailure(
      `the home ${dir} cannot be written (${messageOf(error)})${ownerHint(dir)}; make it writable, or choose another with HEDDLE_HOME.`,
      { cause: error },
    );
  }
}

function ownerHint(dir: string): string {
  const owner = existsSync(dir) ? statSync(dir).uid : process.getuid?.();
  return owner === process.getuid?.() ? "" : `, because it belongs to the user with the id ${owner}`;
}

function openSecrets(paths: HomePaths, report: (line: string) => void): Secrets {
  const { secretsFile: file } = paths;
  const found = readSecrets(file);
  switch (found.state) {
    case "whole":
      if (closeSecrets(file)) report(`${file} was open to other users of this machine; it is closed now`);
      return found.secrets;
    case "unreadable":
      throw new StartFailure(
        `${file} cannot be read (${found.reason}); start Heddle as the user it belongs to. Nothing was changed.`,
      );
    case "missing":
    case "damaged":
      // Nothing can have been sealed yet.
      if (!isUsed(paths)) return generateSecrets(file);
      throw new StartFailure(
        `${file} is ${found.state}. It holds the keys that open the stored keys of model providers, and the database's password: put it back from a copy of yours. Nothing was changed. ${repairHint}`,
      );
  }
}
