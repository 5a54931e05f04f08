import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { expect, type Page } from "@playwright/test";
import { finishedThread, signIn, test } from "./fixtures.ts";

const switcher = (page: Page) => page.getByRole("button", { name: /^Workspace .*: switch to another$/ });

test("a second workspace is made, entered, renamed, exported and deleted, and links lead into the right one", async ({
  ownerPage: page,
  browser,
  stack,
  sample,
}) => {
  const thread = await finishedThread(stack, sample.id, { prompt: "Look around" });
  // The start page would take the keys for a prompt.
  await page.goto("/settings/appearance");
  const first = (await switcher(page).textContent()) ?? "";

  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await page.getByRole("menuitem", { name: "New workspace" }).press("Enter");
  await page.getByRole("dialog").getByLabel("Name").fill("Research");
  await page.keyboard.press("Enter");
  await expect(switcher(page)).toContainText("Research");
  await expect(page.getByRole("link", { name: sample.name, exact: true })).toHaveCount(0);

  // Another tab of the same browser goes elsewhere; this one stays.
  const tab = await page.context().newPage();
  await tab.goto(`/threads/${thread.id}`);
  await expect(switcher(tab)).toHaveText(first);
  await expect(tab.getByRole("log", { name: "Conversation" })).toContainText("Look around");
  await tab.close();

  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Workspace", exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill("Research lab");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(switcher(page)).toContainText("Research lab");

  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const file = gunzipSync(await readFile(await (await downloading).path()));
  expect(file.includes('"name":"Research lab"')).toBe(true);
  expect(file.includes(thread.id)).toBe(false);

  const elsewhere = await (await browser.newContext({ baseURL: stack.url })).newPage();
  await signIn(elsewhere);
  await switcher(elsewhere).click();
  await elsewhere.getByRole("menuitem", { name: /^Research lab/ }).click();
  await expect(switcher(elsewhere)).toContainText("Research lab");

  await page.getByRole("button", { name: "Delete" }).click();
  const confirm = page.getByRole("button", { name: "Delete workspace" });
  await expect(confirm).toBeDisabled();
  await page.getByRole("textbox", { name: /^Type/ }).fill("Research lab");
  await confirm.click();
  for (const one of [page, elsewhere]) await expect(switcher(one)).toHaveText(first);
  await elsewhere.context().close();
});
