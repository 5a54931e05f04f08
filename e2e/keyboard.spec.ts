import { expect } from "@playwright/test";
import { finishedThread, test } from "./fixtures.ts";
import { owner } from "./stack.ts";

test("signing in, composing and sending without a mouse", async ({ page, sample }) => {
  await page.goto("/");
  await page.getByLabel("Email").focus();
  await page.keyboard.type(owner.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(owner.password);
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Prompt")).toBeFocused();

  await page.keyboard.type("Create keys.md with");
  await page.keyboard.press("Enter");
  await page.keyboard.type("```");
  await page.keyboard.press("Enter");
  await page.keyboard.type("No mouse");
  await page.keyboard.press("Enter");
  await page.keyboard.type("```");
  await expect(page.getByRole("combobox", { name: "Model" })).toHaveText("demo");
  await page.keyboard.press("Control+Enter");
  await expect(page).toHaveURL(/\/threads\//);
  await expect(page.getByText(/^Worked/)).toBeVisible();

  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page.getByLabel("Prompt")).toBeFocused();
  await page.keyboard.type("Summarise the repository");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("log").getByText("Summarise the repository")).toBeVisible();
  await expect(page.getByLabel("Prompt")).toHaveValue("");
  await expect(page.getByLabel("Prompt")).toBeFocused();

  await page.getByRole("log", { name: "Conversation" }).focus();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page).toHaveURL("/settings/appearance");
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await expect(page.getByPlaceholder(`Ask for a change in ${sample.name}`)).toBeFocused();
});

test("dialogs and columns give the focus back", async ({ ownerPage: page, stack, sample }) => {
  const { id } = await finishedThread(stack, sample.id, { prompt: "Create focus.md with Hello" });
  await page.goto(`/threads/${id}`);
  const commit = page.getByRole("button", { name: "Commit", exact: true });
  await commit.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Subject")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(commit).toBeFocused();

  const hide = page.getByRole("button", { name: "Hide the changes" });
  await hide.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Work" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Show the changes" })).toBeFocused();
  await page.keyboard.press("]");
  await expect(page.getByRole("region", { name: "Work" })).toBeVisible();

  const row = page.getByRole("navigation", { name: "Threads" }).locator("a[aria-current=page]");
  await row.focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(row).toBeFocused();

  const menu = page.getByRole("button", { name: /account menu$/ });
  await menu.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: /^Keyboard shortcuts/ }).press("Enter");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu).toBeFocused();
});
