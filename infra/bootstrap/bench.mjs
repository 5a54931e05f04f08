import { main, run } from "./console.mjs";
import { ensureBuilt, ensureInstalled } from "./prepare.mjs";
import { checkRequirements } from "./requirements.mjs";
import { root } from "./root.mjs";
import { tool } from "./tools.mjs";

await main(async () => {
  checkRequirements();
  await ensureInstalled();
  await ensureBuilt();
  const args = ["e2e/bench/main.ts", ...process.argv.slice(2)];
  process.exitCode = await run(tool("tsx"), args, { cwd: root });
});
