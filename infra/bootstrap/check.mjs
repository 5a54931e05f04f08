import { main, run } from "./console.mjs";
import { ensureInstalled, toolEnvironment } from "./prepare.mjs";
import { checkNode } from "./requirements.mjs";
import { root } from "./root.mjs";
import { tool } from "./tools.mjs";

const checks = [
  ["types", tool("turbo"), "run", "typecheck", "--continue", "--output-logs=errors-only"],
  ["formatting and lint", tool("biome"), "check", "--error-on-warnings"],
  ["import rules", tool("tsx"), "infra/src/import-rules/main.ts"],
  ["dead code", tool("knip"), "--no-progress"],
];

await main(async () => {
  checkNode();
  await ensureInstalled();
  const failed = [];
  for (const [name, command, ...args] of checks) {
    console.log(`\n== ${name}`);
    if ((await run(command, args, { cwd: root, env: toolEnvironment })) !== 0) failed.push(name);
  }
  console.log(failed.length === 0 ? "\nEvery check passed" : `\nFailed: ${failed.join(", ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
});
