import { existsSync } from "node:fs";
import type { LaunchOptions } from "@playwright/test";
import { shellEnv } from "./env.ts";

/** Playwright's own download where neither is there. */
const systemBrowser = shellEnv.HEDDLE_CHROMIUM ?? "/usr/bin/chromium";
const isRoot = process.getuid?.() === 0;

/** The Chromium that tests and measurements drive. */
export const launchOptions: LaunchOptions = {
  executablePath: existsSync(systemBrowser) ? systemBrowser : undefined,
  // Chromium's own sandbox cannot run as root.
  args: isRoot ? ["--no-sandbox"] : [],
};
