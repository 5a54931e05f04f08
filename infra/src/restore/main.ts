import { existsSync } from "node:fs";
import { verifyArchive } from "../backup/archive-reader.ts";
import { readArguments, runCommand } from "../command.ts";
import { fromCaller, readEnv } from "../env.ts";
import { StartFailure } from "../start-failure.ts";
import { knownMigrations } from "./database-load.ts";
import { assertRestorable } from "./fill.ts";
import { restore } from "./restore.ts";

const usage = "npm run restore -- <file> [--home <folder>]";
const say = (line: string) => console.log(line);

/** `npm run restore`: makes a home from a backup, with a database of its own or in the empty one of DATABASE_URL. */
await runCommand(async () => {
  const flags = readArguments({ home: { type: "string" } }, usage);
  if (!flags.file) throw new StartFailure(`name a file. Usage: ${usage}`);
  const file = fromCaller(flags.file);
  if (!existsSync(file)) throw new StartFailure(`there is no file ${file}.`);
  const env = readEnv();
  const homeDir = flags.home ? fromCaller(flags.home) : env.HEDDLE_HOME;
  const startedAt = Date.now();
  say(`Reading ${file} …`);
  const manifest = await verifyArchive(file);
  knownMigrations(manifest);
  assertRestorable(homeDir, manifest);
  say(
    `Restoring ${manifest.threads} threads into ${homeDir}${env.DATABASE_URL ? " and the database of DATABASE_URL" : ""} …`,
  );
  await restore({ file, homeDir, env, manifest, report: say });
  const settings = `HEDDLE_HOME=${homeDir}${env.DATABASE_URL ? " and the same DATABASE_URL" : ""}`;
  say(`Done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s. Start it with ${settings}: npm start`);
  if (!manifest.hasSecrets && manifest.sealedKeys > 0)
    say(
      `The backup has no secrets: ${manifest.sealedKeys} provider keys must be entered again, and people sign in again.`,
    );
  if (manifest.unfinished > 0) {
    say(
      `${manifest.unfinished} threads had work to do and will go on when this copy is started. If the original still runs, they go on there too: stop it before you start this one.`,
    );
  }
});
