import { randomBytes, randomUUID } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, StartFailure } from "./start-failure.ts";

const secretsSchema = z.object({
  /** Base64 of 32 bytes each, newest first, comma-separated. */
  secretKeys: z.string(),
  sessionSecret: z.string(),
  postgresPassword: z.string(),
});

export type Home = {
  dir: string;
  runDir: string;
  logsDir: string;
  postgresDir: string;
  temporalDir: string;
  sampleProjectDir: string;
  /** Holds the generated password until it has been shown. */
  firstPasswordFile: string;
  secrets: z.infer<typeof secretsSchema>;
};

/** Opens HEDDLE_HOME, making what is missing. Never changes what is there. @throws StartFailure if it cannot be used */
export function openHome(dir: string): Home {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    // Also in a home that its operator made open to others.
    for (const name of ["run", "logs", "temporal", "repos", "worktrees"])
      mkdirSync(join(dir, name), { recursive: true, mode: 0o700 });
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    writeOnce(join(dir, "host-id"), () => randomUUID(), 0o644);
    return {
      dir,
      runDir: join(dir, "run"),
      logsDir: join(dir, "logs"),
      postgresDir: join(dir, "postgres"),
      temporalDir: join(dir, "temporal"),
      sampleProjectDir: join(dir, "sample-project"),
      firstPasswordFile: join(dir, "first-password"),
      secrets: openSecrets(join(dir, "secrets.json")),
    };
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    throw new StartFailure(`the home ${dir} cannot be written (${messageOf(error)}); choose another with HEDDLE_HOME.`);
  }
}

function openSecrets(file: string): Home["secrets"] {
  writeOnce(file, () => JSON.stringify(generateSecrets(), null, 2), 0o600);
  try {
    return secretsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new StartFailure(
      `${file} cannot be read; restore it from a backup: without it, stored keys cannot be decrypted.`,
    );
  }
}

function generateSecrets(): Home["secrets"] {
  return {
    secretKeys: randomBytes(32).toString("base64"),
    sessionSecret: randomBytes(32).toString("base64url"),
    postgresPassword: randomBytes(24).toString("base64url"),
  };
}

function writeOnce(file: string, content: () => string, mode: number): void {
  if (!existsSync(file)) writeFileSync(file, content(), { mode, flag: "wx" });
}
