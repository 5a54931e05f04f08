import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main, run } from "./console.mjs";
import { ensureBuilt, ensureInstalled, toolEnvironment } from "./prepare.mjs";
import { checkRequirements } from "./requirements.mjs";
import { root } from "./root.mjs";
import { tool } from "./tools.mjs";

/** Each runner prints for people and writes a JSON report, of which `count` takes the sums. */
function runners(reports) {
  const vitestReport = join(reports, "vitest.json");
  const playwrightReport = join(reports, "playwright.json");
  const reliabilityReport = join(reports, "reliability.json");
  return [
    {
      name: "unit and integration",
      args: [tool("vitest"), "run", "--reporter=default", "--reporter=json", `--outputFile.json=${vitestReport}`],
      report: vitestReport,
      count: ({ numPassedTests, numFailedTests, testResults }) => ({
        passed: numPassedTests,
        // A file that cannot even be loaded has no tests to count: it counts as one.
        failed:
          numFailedTests +
          testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length,
      }),
    },
    {
      name: "end to end",
      args: [tool("playwright"), "test", "--config", "e2e/playwright.config.ts", "--reporter=list,json"],
      env: { PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
      report: playwrightReport,
      count: ({ stats, errors }) => ({
        passed: stats.expected + stats.flaky,
        failed: stats.unexpected + errors.length,
      }),
    },
    {
      name: "kills at named points and at random",
      args: [tool("tsx"), "e2e/reliability/main.ts", "--once", "--report", reliabilityReport],
      report: reliabilityReport,
      count: (sums) => sums,
    },
  ];
}

await main(async () => {
  checkRequirements();
  await ensureInstalled();
  await ensureBuilt();
  const reports = mkdtempSync(join(tmpdir(), "heddle-test-"));
  const sum = { passed: 0, failed: 0 };
  for (const { name, args, env, report, count } of runners(reports)) {
    console.log(`\n== ${name}`);
    const [command, ...rest] = args;
    const exitCode = await run(command, rest, { cwd: root, env: { ...toolEnvironment, ...env } });
    const { passed, failed } = existsSync(report)
      ? count(JSON.parse(readFileSync(report, "utf8")))
      : { passed: 0, failed: 0 };
    sum.passed += passed;
    // A runner that fails without a failed test (an error outside any test, no report) must not look green.
    sum.failed += exitCode !== 0 ? Math.max(failed, 1) : failed;
  }
  rmSync(reports, { recursive: true, force: true });
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
  process.exitCode = sum.failed === 0 ? 0 : 1;
});
