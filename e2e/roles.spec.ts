import { expect } from "@playwright/test";
import { finishedThread, signIn, test } from "./fixtures.ts";
import { makeMember } from "./member.ts";

test("a viewer reads, and is told why nothing more", async ({ page, stack, sample }) => {
  const shared = await finishedThread(stack, sample.id, { prompt: "Create seen.md with Hello" });
  const secret = await finishedThread(stack, sample.id, {
    prompt: "Create unseen.md with Psst",
    visibility: "private",
  });
  await signIn(page, "/", await makeMember(stack, "viewer"));
  await expect(page.getByText("Your role (viewer) reads threads and does not start them.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a project" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^New thread in/ })).toHaveCount(0);

  await page.getByRole("navigation", { name: "Threads" }).getByRole("link", { name: shared.title }).click();
  await expect(page.getByRole("region", { name: "Work" }).getByText("Hello")).toBeVisible();
  await expect(page.getByText("Your role (viewer) reads threads and does not write in them.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Commit", exact: true })).toHaveCount(0);

  await page.goto(`/threads/${secret.id}`);
  await expect(page.getByText("It does not exist, or you may not see it.")).toBeVisible();

  await page.goto("/settings/audit");
  await expect(page.getByText("Your role does not allow this")).toBeVisible();
  await expect(page.getByRole("link", { name: "Audit log" })).toHaveCount(0);
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await expect(page.getByLabel("Acts as")).toHaveCount(0);
  await page.getByLabel("Name").fill("mine");
  await page.getByRole("button", { name: "Make token" }).click();
  await expect(page.getByText("Copy it now.")).toBeVisible();
  await page.getByRole("button", { name: "I have stored it" }).click();
  await page.getByRole("button", { name: "Revoke mine" }).click();
  await page.getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("No tokens")).toBeVisible();
});

test("an owner adds and removes a provider and a bot's token", async ({ ownerPage: page }) => {
  await page.goto("/settings/providers");
  await page.getByRole("button", { name: "Add provider" }).click();
  await page.getByLabel("Name").fill("with space");
  await page.getByLabel("Base URL").fill("https://models.example.com/v1");
  await page.getByLabel("API key").fill("sk-not-real-1234");
  await page.getByLabel("Models").fill("big\nsmall");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add provider" }).click();
  await expect(dialog.getByText("The name must not contain spaces or slashes.")).toBeVisible();
  await page.getByLabel("Name").fill("gateway");
  await dialog.getByRole("button", { name: "Add provider" }).click();
  const row = page.getByRole("row", { name: /^gateway/ });
  await expect(row).toContainText("…1234");
  await expect(row).toContainText("big, small");
  await page.getByRole("button", { name: "Remove gateway" }).click();
  await page.getByRole("button", { name: "Remove provider" }).click();
  await expect(row).toHaveCount(0);

  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("Name").fill("ci");
  await page.getByRole("combobox", { name: "Acts as" }).click();
  await page.getByRole("option", { name: "A bot with the role viewer" }).click();
  await page.getByRole("button", { name: "Make token" }).click();
  await expect(page.getByText(/^hdl_/).first()).toBeVisible();
  await expect(page.getByRole("row", { name: /^ci/ })).toContainText("A bot");
});
