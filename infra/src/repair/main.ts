import { existsSync } from "node:fs";
import { readArguments, runCommand } from "../command.ts";
import { readEnv } from "../env.ts";
import { homePaths } from "../home.ts";
import { lockHome } from "../home-lock.ts";
import { StartFailure } from "../start-failure.ts";
import { createContext } from "./finding.ts";
import { repair } from "./repair.ts";

const usage = "npm run repair [-- --yes [--use-copy] [--new-temporal]]";

/** `npm run repair`: says what is wrong with a home and what it would do; with `--yes` it does it. */
await runCommand(async () => {
  const options = {
    yes: { type: "boolean" },
    "use-copy": { type: "boolean" },
    "new-temporal": { type: "boolean" },
  } as const;
  const flags = readArguments(options, usage);
  if (flags.file) throw new StartFailure(`${flags.file} is not expected here. Usage: ${usage}`);
  const env = readEnv();
  const home = homePaths(env.HEDDLE_HOME);
  if (!existsSync(home.dir)) throw new StartFailure(`there is no home in ${home.dir}; name it with HEDDLE_HOME.`);
  const lock = await lockHome(home.dir, "it is being repaired");
  try {
    const report = (line: string) => console.log(line);
    const open = await repair(createContext(env, home, report), {
      doIt: flags.yes ?? false,
      useCopy: flags["use-copy"] ?? false,
      newTemporal: flags["new-temporal"] ?? false,
    });
    if (open > 0) process.exitCode = 1;
  } finally {
    lock.release();
  }
});
