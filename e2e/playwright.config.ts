import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";
import { shellEnv } from "./env.ts";

/** Playwright's own download where neither is there. */
const systemBrowser = shellEnv.HEDDLE_CHROMIUM ?? "/usr/bin/chromium";
const isRoot = process.getuid?.() === 0;

/** Two workers, each with a stack of its own that its specs share (see fixtures.ts): a flow mostly waits, and leaves half of two cores free. */
export default defineConfig({
  testMatch: "*.spec.ts",
  workers: 2,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  outputDir: "../test-results",
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: existsSync(systemBrowser) ? systemBrowser : undefined,
      // Chromium's own sandbox cannot run as root.
      args: isRoot ? ["--no-sandbox"] : [],
    },
  },
});
