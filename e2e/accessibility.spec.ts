import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { finishedThread, test } from "./fixtures.ts";

/** @param part a selector, for what hides the rest of the page from readers while it is open */
async function expectAccessible(page: Page, what: string, part = "html"): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
  expect(found, what).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("signing in", async ({ page }) => {
      await page.goto("/sign-in");
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByText("Write your password")).toBeVisible();
      await expectAccessible(page, "sign-in with faults");
    });

    test("starting and projects", async ({ ownerPage: page, sample }) => {
      await expect(page.getByRole("combobox", { name: "Model" })).toBeVisible();
      await expectAccessible(page, "start");
      await page.getByRole("button", { name: /^Base branch/ }).click();
      await expect(page.getByRole("option").first()).toBeVisible();
      await expectAccessible(page, "branch picker");
      await page.goto(`/projects/${sample.id}`);
      await expect(page.getByText("Default branch")).toBeVisible();
      await expectAccessible(page, "project");
      await page.getByRole("button", { name: "Add a project" }).click();
      await page.getByRole("button", { name: "Add project" }).click();
      await expect(page.getByText("Write the path of a git repository")).toBeVisible();
      await expectAccessible(page, "adding a project");
    });

    test("a thread, its changes and its commit", async ({ ownerPage: page, stack, sample }) => {
      const { id } = await finishedThread(stack, sample.id, { prompt: "Fix the failing test" });
      await page.goto(`/threads/${id}?tab=changes`);
      await expect(page.getByRole("region", { name: "Work" }).getByText("itemCount").first()).toBeVisible();
      await page
        .getByRole("button", { name: /^Command.*npm test/ })
        .first()
        .click();
      await page
        .getByRole("button", { name: /^Edited file/ })
        .first()
        .click();
      await expectAccessible(page, "thread");
      await page.getByRole("button", { name: "Commit", exact: true }).click();
      await expect(page.getByText("Suggested by the model")).toBeVisible();
      await expectAccessible(page, "commit");
      await page.getByRole("button", { name: "Commit 1 file" }).click();
      await page.getByRole("button", { name: "Make a token" }).click();
      await expect(page.getByText("Copy it now")).toBeVisible();
      await expectAccessible(page, "committed");
    });

    test("a thread that failed", async ({ ownerPage: page, stack, sample, scenario }) => {
      const model = await scenario("scenario-401");
      const { id } = await finishedThread(stack, sample.id, { prompt: "Hi", model });
      await page.goto(`/threads/${id}`);
      await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
      await expectAccessible(page, "failed thread");
    });

    test("settings", async ({ ownerPage: page }) => {
      for (const [section, sign] of [
        ["appearance", "Kept in this browser."],
        ["providers", "Add provider"],
        ["tokens", "New token"],
        ["audit", "workspace.bootstrap"],
      ] as const) {
        await page.goto(`/settings/${section}`);
        await expect(page.getByText(sign).first()).toBeVisible();
        await expectAccessible(page, section);
      }
      await page.getByRole("button", { name: "Verify" }).click();
      await expect(page.getByText(/are unchanged$/)).toBeVisible();
      await expectAccessible(page, "verified");
    });

    test("what is not there, and help", async ({ ownerPage: page }) => {
      for (const path of ["/threads/nothing", "/projects/nothing", "/nowhere"]) {
        await page.goto(path);
        await expect(page.getByText("It does not exist, or you may not see it.")).toBeVisible();
        await expectAccessible(page, path);
      }
      await page.goto("/");
      await expect(page.getByLabel("Prompt")).toBeFocused();
      await page.getByRole("button", { name: /account menu$/ }).click();
      await expectAccessible(page, "account menu", "[role=menu]");
      await page.getByRole("menuitem", { name: /^Keyboard shortcuts/ }).click();
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
      await expectAccessible(page, "help");
    });
  });
}
