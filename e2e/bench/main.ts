import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "../machine.ts";
import { createStack } from "../stack.ts";
import { summaryOf, tableOf } from "./figure.ts";
import { measurePages } from "./pages.ts";
import { performancePage } from "./report.ts";

/**
 * `npm run bench -- …`: prints a table and writes the figures as JSON (`--json FILE`, `bench.json` without it);
 * `--repeat N` sets how often each thing is measured, `--docs` writes what came out to `docs/performance.md`.
 */
const { values } = parseArgs({
  options: {
    repeat: { type: "string", default: "7" },
    json: { type: "string", default: "bench.json" },
    docs: { type: "boolean", default: false },
  },
});
if (!/^[1-9]\d*$/.test(values.repeat)) throw new TypeError("--repeat takes a whole number above 0");

const dir = mkdtempSync(join(tmpdir(), "heddle-bench-"));
const stack = await createStack(join(dir, "home"));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void stack.stop().then(() => process.exit(130)));
}
try {
  await stack.start();
  const summaries = (await measurePages(stack, Number(values.repeat))).map(summaryOf);
  const table = tableOf(summaries);
  console.log(`${machine()}\n\n${table}`);
  writeFileSync(values.json, `${JSON.stringify({ machine: machine(), figures: summaries }, null, 2)}\n`);
  const page = fileURLToPath(new URL("../../docs/performance.md", import.meta.url));
  if (values.docs) writeFileSync(page, performancePage(table));
} finally {
  await stack.stop();
  rmSync(dir, { recursive: true, force: true });
}
