import { expect } from "@playwright/test";
import { test } from "./fixtures.ts";

test("scripts and styles come compressed, once", async ({ page }) => {
  const loaded = page.waitForResponse((response) => /_next\/static\/.*\.js$/.test(response.url()));
  await page.goto("/sign-in");
  const headers = await (await loaded).allHeaders();
  expect(headers["content-encoding"]).toMatch(/^(br|gzip)$/);
  expect(headers["cache-control"]).toContain("immutable");
});
