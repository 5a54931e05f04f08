import { expect, type Page } from "@playwright/test";
import { finishedThread, test } from "./fixtures.ts";

test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  expect(await page.evaluate(() => window.innerWidth)).toBe(390);
}

test("every screen fits a phone, one column at a time", async ({ ownerPage: page, stack, sample }) => {
  const { id, title } = await finishedThread(stack, sample.id, { prompt: "Fix the failing test" });
  const columns = page.getByRole("navigation", { name: "Columns" });
  await expect(page.getByRole("button", { name: "Start thread" })).toBeVisible();
  await expectNoSidewaysScroll(page);

  await columns.getByRole("button", { name: "Threads" }).click();
  await expectNoSidewaysScroll(page);
  await page.getByRole("navigation", { name: "Threads" }).getByRole("link", { name: title }).first().click();
  await expect(page.getByRole("log", { name: "Conversation" })).toBeVisible();
  await page.goto(`/threads/${id}`);
  await expect(page.getByText(/^Worked/)).toBeVisible();
  await expectNoSidewaysScroll(page);

  await columns.getByRole("button", { name: /^Changes/ }).click();
  await expect(page).toHaveURL(/tab=changes/);
  await expect(page.getByRole("region", { name: "Work" }).getByText("itemCount").first()).toBeVisible();
  await expect(page.getByRole("log", { name: "Conversation" })).toBeHidden();
  await expectNoSidewaysScroll(page);
  await page.reload();
  await expect(page.getByRole("region", { name: "Work" }).getByText("itemCount").first()).toBeVisible();

  await page.getByRole("button", { name: "Commit", exact: true }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectNoSidewaysScroll(page);

  for (const path of [`/projects/${sample.id}`, "/settings/providers", "/settings/tokens", "/settings/audit"]) {
    await page.goto(path);
    await expect(
      page
        .getByRole("table")
        .or(page.getByRole("button", { name: "Start thread" }))
        .first(),
    ).toBeVisible();
    await expectNoSidewaysScroll(page);
  }
  await page.goto("/settings/providers");
  await page.getByRole("button", { name: "Add provider" }).click();
  await expect(page.getByLabel("Base URL")).toBeVisible();
  await expectNoSidewaysScroll(page);
});
