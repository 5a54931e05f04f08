import { expect } from "@playwright/test";
import { finishedThread, test } from "./fixtures.ts";
import { api } from "./stack.ts";
import { script, threadPage } from "./thread-page.ts";

test("a thread is set aside, undone, found again and restored with its files", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const model = await scenario("scenario-tools");
  const prompt = script("Keep this aside", ["echo kept > kept.txt"]);
  const { id } = await finishedThread(stack, sample.id, { prompt, model });
  await page.goto(`/threads/${id}`);
  const own = threadPage(page);
  await expect(own.work.getByText("kept.txt").first()).toBeVisible();

  await own.more("Archive…");
  const dialog = page.getByRole("dialog", { name: "Archive this thread?" });
  await expect(dialog.getByRole("checkbox", { name: "Also keep what git ignores" })).toBeChecked();
  await dialog.getByRole("button", { name: "Archive thread" }).click();
  await expect(page.getByText(/^This thread is archived/)).toBeVisible();
  await expect(own.prompt).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(own.prompt).toBeVisible();

  await own.more("Archive…");
  await dialog.getByRole("button", { name: "Archive thread" }).click();
  await expect(page.getByText(/^This thread is archived/)).toBeVisible();
  await page.goto("/");
  await expect(own.row("Keep this aside")).toHaveCount(0);
  await page.getByRole("button", { name: /^Archived/ }).click();
  await own.row("Keep this aside").click();
  await expect(own.conversation.getByText(/archived/).first()).toBeVisible();
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(own.prompt).toBeVisible();
  await expect(own.work.getByText("kept.txt").first()).toBeVisible();
});

test("deleting says what is lost, and leaves nothing behind the address", async ({
  ownerPage: page,
  stack,
  sample,
}) => {
  const { id, title } = await finishedThread(stack, sample.id, { prompt: "Create gone.md with Hello" });
  await page.goto(`/threads/${id}`);
  const own = threadPage(page);
  await expect(own.conversation.getByText(/^Worked/)).toBeVisible();
  await own.more("Delete…");
  const dialog = page.getByRole("alertdialog", { name: "Delete this thread?" });
  await expect(dialog.getByText(title)).toBeVisible();
  await expect(dialog.getByText("the conversation, 1 turn")).toBeVisible();
  await expect(dialog.getByText(/changes in 1 file/)).toBeVisible();
  await expect(dialog.getByText(/which has no commits yet/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "More actions" })).toBeFocused();
  await own.more("Delete…");
  await dialog.getByRole("button", { name: "Delete thread" }).click();
  await expect(page).toHaveURL(`/projects/${sample.id}`);
  await expect(page.getByText("Thread deleted")).toBeVisible();
  await page.goto(`/threads/${id}`);
  await expect(page.getByText("It does not exist, or you may not see it.")).toBeVisible();
});

test("a thread that somebody else deletes is gone from an open page", async ({ ownerPage: page, stack, sample }) => {
  const { id } = await finishedThread(stack, sample.id, { prompt: "Create brief.md with Hello" });
  await page.goto(`/threads/${id}`);
  await expect(threadPage(page).conversation.getByText(/^Worked/)).toBeVisible();
  await api(stack, "DELETE", `/threads/${id}`);
  await expect(page.getByText("It does not exist, or you may not see it.")).toBeVisible();
});

test("a row's menu works by mouse and keyboard, and waits while a turn runs", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const { id, title } = await finishedThread(stack, sample.id, { prompt: "Create menu.md with Hello" });
  const own = threadPage(page);
  const row = own.row(title).first();
  await row.click({ button: "right" });
  await expect(page.getByRole("menuitem", { name: "Copy link" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(row).toBeFocused();
  await row.press("Shift+F10");
  await page.getByRole("menuitem", { name: "Archive…" }).press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(row).toBeFocused();

  const model = await scenario("scenario-slow:tokens=3000,delay=50");
  await api(stack, "POST", `/threads/${id}/turns`, { prompt: "Count", model });
  await expect(row.getByRole("img", { name: "Running" })).toBeVisible();
  await row.click({ button: "right" });
  await expect(page.getByRole("menuitem", { name: "Archive…" })).toBeDisabled();
  await expect(page.getByText("Stop the turn first to archive or delete.")).toBeVisible();
  await page.keyboard.press("Escape");
  await api(stack, "POST", `/threads/${id}/interrupt`);
});
