import { expect } from "@playwright/test";
import { finishedThread, settled, test } from "./fixtures.ts";
import { api } from "./stack.ts";
import { script } from "./thread-page.ts";

test("a diff is read by keyboard: files, hunks, what is between them, what was viewed", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const model = await scenario("scenario-tools");
  const commands = ["sed -i 's/(count, item) => count/(sum, item) => sum/' src/basket.js", "echo 'A new text' > zz.md"];
  const prompt = script("Rename the sum", commands);
  const { id } = await finishedThread(stack, sample.id, { prompt, model });
  await page.goto(`/threads/${id}?tab=changes`);
  const work = page.getByRole("region", { name: "Work" });
  const header = (path: string) => work.locator(`[data-diff-file="${path}"]`);
  const toggle = (path: string) => header(path).locator("[aria-expanded]");
  await expect(work.getByText("A new text")).toBeVisible();

  await page.keyboard.press("j");
  await expect(toggle("src/basket.js")).toBeFocused();
  await page.keyboard.press("n");
  await expect(work.locator("[data-diff-hunk]").first()).toBeFocused();
  await expect(work.getByText("An item is")).toBeHidden();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(work.getByText("An item is")).toBeVisible();
  await page.keyboard.press("j");
  await expect(toggle("zz.md")).toBeFocused();

  await page.keyboard.press("v");
  await expect(toggle("zz.md")).toHaveAttribute("aria-expanded", "false");
  await expect(work.getByText("1 viewed")).toBeVisible();
  await page.keyboard.press("k");
  await expect(toggle("src/basket.js")).toBeFocused();
  await page.getByRole("button", { name: "Old and new side by side" }).click();
  await expect(work.locator("[data-diff-half]").first()).toBeVisible();
  await page.reload();
  await expect(toggle("zz.md")).toHaveAttribute("aria-expanded", "false");
  await expect(work.locator("[data-diff-half]").first()).toBeVisible();

  await api(stack, "POST", `/threads/${id}/turns`, { prompt: script("More", ["echo 'Another line' >> zz.md"]) });
  await settled(stack, id);
  await expect(work.getByText("Another line")).toBeVisible();
  await expect(header("zz.md").getByRole("checkbox")).not.toBeChecked();
});

test("pinned threads stay on top in their order, and a filter is kept", async ({ ownerPage: page, stack, sample }) => {
  const titles = ["Pin the first", "Pin the second"] as const;
  for (const title of titles) await finishedThread(stack, sample.id, { prompt: "Create pin.md with Hi", title });
  await page.goto("/");
  const rows = page.getByRole("navigation", { name: "Threads" }).locator("a[data-thread-row]");
  for (const title of titles) {
    await rows.filter({ hasText: title }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Pin to the top" }).click();
    await expect(page.getByRole("menu")).toBeHidden();
  }
  await expect(rows.nth(0)).toContainText(titles[0]);
  await expect(rows.nth(1)).toContainText(titles[1]);
  await rows.nth(1).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(rows.nth(0)).toContainText(titles[1]);
  await expect(rows.nth(0)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(rows.nth(1)).toBeFocused();

  await page.getByRole("button", { name: "Filter threads" }).click();
  await page.getByRole("menuitem", { name: "Failed" }).click();
  await expect(rows.filter({ hasText: titles[0] })).toHaveCount(0);
  await page.reload();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(rows.nth(0)).toContainText(titles[1]);
  for (const title of titles) {
    await rows.filter({ hasText: title }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Unpin" }).click();
    await expect(page.getByRole("menu")).toBeHidden();
  }
});
