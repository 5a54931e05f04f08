import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline/promises";
import { readArguments, runCommand } from "../command.ts";
import { inMegabytes } from "../disk.ts";
import { fromCaller, readEnv } from "../env.ts";
import { homePaths } from "../home.ts";
import { withHomeDatabase } from "../home-database.ts";
import { StartFailure } from "../start-failure.ts";
import { verifyArchive } from "./archive-reader.ts";
import type { Manifest } from "./manifest.ts";
import { takeBackup } from "./take-backup.ts";

const usage =
  "npm run backup -- <file> [--with-secrets | --without-secrets] [--without-worktrees], or npm run backup -- --verify <file>";
const say = (line: string) => console.log(line);

/** `npm run backup`: writes a backup of the home and its database, which may be in use, or looks at one. */
await runCommand(async () => {
  const flags = readArguments(
    {
      verify: { type: "boolean" },
      "with-secrets": { type: "boolean" },
      "without-secrets": { type: "boolean" },
      "without-worktrees": { type: "boolean" },
    },
    usage,
  );
  if (!flags.file) throw new StartFailure(`name a file. Usage: ${usage}`);
  const file = fromCaller(flags.file);
  if (flags.verify) return describe(file, await verifyArchive(file));

  if (existsSync(file)) throw new StartFailure(`${file} exists; name another file.`);
  if (!existsSync(dirname(file))) throw new StartFailure(`the folder ${dirname(file)} does not exist.`);
  const env = readEnv();
  const home = homePaths(env.HEDDLE_HOME);
  const withSecrets = flags["with-secrets"] || (!flags["without-secrets"] && (await askForSecrets()));
  const startedAt = Date.now();
  await withHomeDatabase({ env, home, purpose: "a backup of it is made", report: say }, (databaseUrl) => {
    say(`Copying ${home.dir}${env.DATABASE_URL ? " and the database of DATABASE_URL" : ""} …`);
    const withWorktrees = !flags["without-worktrees"];
    return takeBackup(file, { databaseUrl, home, withSecrets, withWorktrees, report: say });
  });
  say("Reading it again …");
  describe(file, await verifyArchive(file));
  say(`Done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
  if (withSecrets && env.HEDDLE_SECRET_KEYS)
    say(
      "The keys in HEDDLE_SECRET_KEYS are not in it; keep them elsewhere, without them provider keys cannot be read.",
    );
});

/** A backup that holds the keys is as secret as they are; whoever is not there to be asked gets one without. */
async function askForSecrets(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    "Include secrets.json? With it a copy can read the stored provider keys; without it they must be entered again. [y/N] ",
  );
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function describe(file: string, manifest: Manifest): void {
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const unpacked = manifest.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  say(`${file} is whole: ${inMegabytes(statSync(file).size)}, ${inMegabytes(unpacked)} unpacked`);
  say(`  of ${manifest.takenAt}, Heddle ${manifest.heddleVersion}, ${manifest.homeDir}`);
  say(`  ${rows} rows, ${manifest.threads} threads, the files of ${manifest.worktrees.length} worktrees`);
  if (!manifest.hasSecrets && manifest.sealedKeys > 0)
    say(`  without secrets.json: ${manifest.sealedKeys} provider keys must be entered again in a copy`);
}
