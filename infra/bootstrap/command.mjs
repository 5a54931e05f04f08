import { existsSync } from "node:fs";
import { join } from "node:path";
import { main, run } from "./console.mjs";
import { ensureInstalled } from "./prepare.mjs";
import { checkNode } from "./requirements.mjs";
import { root } from "./root.mjs";
import { tool } from "./tools.mjs";

/** `node command.mjs <name> …`: runs `infra/src/<name>/main.ts` from source, so that it needs no build. */
const [name = "", ...args] = process.argv.slice(2);

await main(async () => {
  checkNode();
  // A backup is made beside a stack that runs, from whose feet nothing may be pulled: an update comes after it.
  if (name !== "backup" || !existsSync(join(root, "node_modules"))) await ensureInstalled();
  const program = join(root, "infra/src", name, "main.ts");
  process.exitCode = await run(tool("tsx"), [program, ...args], { cwd: root });
});
