import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasFiles } from "../disk.ts";
import { inheritedEnv } from "../env.ts";
import { isUsed } from "../home.ts";
import { copyBeforeMigration } from "../migrate-embedded.ts";
import { initialise } from "../postgres.ts";
import { describeProblem, type FolderProblem, findFolderProblem, readVersion } from "../postgres-folder.ts";
import { findPostgresPrograms, type PostgresPrograms } from "../postgres-programs.ts";
import { writeWhole } from "../whole-file.ts";
import type { Cure, Finding, RepairContext } from "./finding.ts";

/** Whether the server can be started on the home's data, as far as its files tell. */
export async function checkPostgresFiles(context: RepairContext): Promise<Finding[]> {
  const { postgresDir } = context.home;
  if (!hasFiles(postgresDir)) return isUsed(context.home) ? [lostData(context, `${postgresDir} is missing`)] : [];
  const programs = await findPostgresPrograms();
  const problem = findFolderProblem(postgresDir, programs.major);
  if (!problem) return [];
  const what = describeProblem(postgresDir, problem, programs.major);
  const cure = cureOf(problem, postgresDir, programs);
  if (cure) return [{ what, cure, blocks: true }];
  switch (problem.kind) {
    case "version":
      return [
        {
          what,
          blocks: true,
          advice:
            "make a backup with the version of Heddle that wrote it (`npm run backup`), and restore it with this one",
        },
      ];
    case "owner":
      return [{ what, advice: "start Heddle as that user, or give the whole home to yours (chown -R)", blocks: true }];
    default:
      return [lostData(context, what)];
  }
}

/** The way out when the data cannot be used any more. */
export function lostData(context: RepairContext, what: string): Finding {
  const { postgresDir } = context.home;
  const copy = copyBeforeMigration(postgresDir);
  const advice = "restore the last backup into a new home: `npm run restore -- <file> --home <folder>`";
  if (!existsSync(copy)) return { what, advice, blocks: true };
  return {
    what,
    blocks: true,
    advice: `${advice}, if it is newer than the copy`,
    cure: {
      would: `put back the copy that was made before the last update, on ${statSync(copy).ctime.toISOString().slice(0, 16)}; everything since then is given up`,
      flag: "--use-copy",
      async apply() {
        if (existsSync(postgresDir)) context.setAside(postgresDir);
        renameSync(copy, postgresDir);
      },
    },
  };
}

function cureOf(problem: FolderProblem, dataDir: string, programs: PostgresPrograms): Cure | null {
  switch (problem.kind) {
    case "mode":
      return { would: "close it", apply: async () => chmodSync(dataDir, 0o700) };
    case "no version": {
      const version = readVersion(join(dataDir, "base/1"));
      if (version !== programs.major) return null;
      const apply = async () => writeWhole(join(dataDir, "PG_VERSION"), `${version}\n`, 0o600);
      return { would: `write it anew (${version}, as the databases in it say)`, apply };
    }
    case "empty folders": {
      const make = (name: string) => mkdirSync(join(dataDir, name), { recursive: true, mode: 0o700 });
      return {
        would: "make them anew: they are empty in a server that is stopped",
        apply: async () => problem.missing.forEach(make),
      };
    }
    case "settings":
      return {
        would: "take them from a new data folder: Heddle gives its own settings at each start",
        apply: async () => copySettings(dataDir, problem.missing, programs),
      };
    default:
      return null;
  }
}

function copySettings(dataDir: string, names: string[], programs: PostgresPrograms): void {
  const dir = mkdtempSync(join(tmpdir(), "heddle-settings-"));
  try {
    initialise(join(dir, "data"), "unused", programs);
    for (const name of names) copyFileSync(join(dir, "data", name), join(dataDir, name));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Gives the database's own user this password, without knowing the old one: the server is not running. */
export async function setPassword(dataDir: string, password: string): Promise<void> {
  const { postgres, prefix } = await findPostgresPrograms();
  const [command = postgres, ...args] = [...prefix, postgres, "--single", "-D", dataDir, "postgres"];
  const input = `ALTER ROLE heddle PASSWORD '${password.replaceAll("'", "''")}'\n`;
  const { status, stderr } = spawnSync(command, args, { env: inheritedEnv(), input, encoding: "utf8" });
  if (status !== 0 || /ERROR|FATAL/.test(stderr)) throw new Error(`the password could not be set: ${stderr.trim()}`);
}
