import { defineConfig, devices } from "@playwright/test";
import { launchOptions } from "./browser.ts";

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
    launchOptions,
  },
});
