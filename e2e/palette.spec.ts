import { expect } from "@playwright/test";
import { finishedThread, test } from "./fixtures.ts";

test("the palette finds threads, files, actions and places by keyboard", async ({ ownerPage: page, stack, sample }) => {
  const { id, title } = await finishedThread(stack, sample.id, {
    prompt: "Create palette.md with Hello",
    title: "Zebra crossing",
  });
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  const best = palette.getByRole("option", { selected: true });

  await page.keyboard.press("Control+k");
  await expect(palette).toBeVisible();
  await page.keyboard.type("zebra");
  await expect(best).toContainText(title);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/threads/${id}`);
  await expect(palette).toBeHidden();

  await page.getByRole("log", { name: "Conversation" }).focus();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("package.json");
  await expect(best).toContainText("Mention in the prompt");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Prompt")).toHaveValue("@package.json ");
  await expect(page.getByLabel("Prompt")).toBeFocused();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("palette.md");
  await expect(best).toContainText("Show its changes");
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Prompt")).toBeFocused();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("theme dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("members");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/settings/members");

  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help.getByText("Find a thread, a file, an action")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("nosuchthing");
  await expect(best).toContainText("Search for “nosuchthing”");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/search?q=nosuchthing");
  await expect(page.getByText("Nothing found for “nosuchthing”")).toBeVisible();
});

test("search finds what was said, narrows down, and its address says it", async ({
  ownerPage: page,
  stack,
  sample,
}) => {
  const prompt = "Create pangolins.md with Armadillos are no pangolins";
  const { id } = await finishedThread(stack, sample.id, { prompt, title: "Animals" });
  const found = page.getByRole("list", { name: "Threads found" });
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.type("armadillo");
  await expect(
    page
      .getByRole("dialog")
      .getByRole("option", { name: /Armadillos.*Animals/ })
      .first(),
  ).toBeVisible();
  await page.keyboard.press("Escape");

  await page.goto("/search");
  await page.keyboard.type("armadillo pangolin");
  await expect(found.getByRole("link", { name: /Animals/ })).toBeVisible();
  await expect(found.locator("mark").first()).toHaveText("pangolins.md");
  await expect(page).toHaveURL("/search?q=armadillo+pangolin");
  await page.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Archived" }).click();
  await expect(page.getByText(/^Nothing found for/)).toBeVisible();
  await page.reload();
  await expect(page.getByText(/^Nothing found for/)).toBeVisible();
  await page.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Any status" }).click();
  await page.getByRole("searchbox", { name: "Search threads" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/threads/${id}`);
});
