import { expect } from "@playwright/test";
import { signIn, test } from "./fixtures.ts";
import { makeMember } from "./member.ts";
import { choose, elsewhere, invite } from "./people.ts";

test("somebody is invited, gets another role while looking, and is removed", async ({ ownerPage, browser, stack }) => {
  const link = await invite(ownerPage, "viewer");
  await expect(ownerPage.getByRole("table", { name: "Pending invitations" })).toBeVisible();

  const page = await elsewhere(browser, stack);
  await page.goto(link);
  await expect(page.getByRole("heading", { name: /^Join / })).toBeVisible();
  await page.getByLabel("Name").fill("Ben Newman");
  await page.getByLabel("Email").fill("ben.newman@example.test");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Make account and join" }).click();
  await expect(page.getByText("Choose a password of at least 10 characters.")).toBeVisible();
  const credentials = { email: "ben.newman@example.test", password: "a password of one's own" };
  await page.getByLabel("Password", { exact: true }).fill(credentials.password);
  await page.getByRole("button", { name: "Make account and join" }).click();
  await expect(page).toHaveURL("/");
  const readsOnly = page.getByText("Your role (viewer) reads threads and does not start them.");
  await expect(readsOnly).toBeVisible();

  await expect(ownerPage.getByRole("table", { name: "Pending invitations" })).toHaveCount(0);
  await choose(ownerPage, "Role of Ben Newman", "member");
  await expect(readsOnly).toHaveCount(0);

  await ownerPage.getByRole("button", { name: "Actions for Ben Newman" }).click();
  await ownerPage.getByRole("menuitem", { name: "What they may do, and why" }).click();
  await expect(ownerPage.getByText("Open to the workspace; member there").first()).toBeVisible();
  await ownerPage.keyboard.press("Escape");

  await ownerPage.getByRole("button", { name: "Actions for Ben Newman" }).click();
  await ownerPage.getByRole("menuitem", { name: "Remove from the workspace" }).click();
  await ownerPage.getByRole("button", { name: "Remove member" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, "/", credentials);
  await expect(page.getByText("You belong to no workspace")).toBeVisible();

  const again = await invite(ownerPage, "member");
  await page.goto(again);
  await page.getByRole("button", { name: "Join with this account" }).click();
  await expect(page).toHaveURL("/");
  await page.goto(again);
  await expect(page.getByText("This invitation is not valid")).toBeVisible();
  await page.context().close();
});

test("an admin's link sets a new password, and signs its owner out", async ({ ownerPage, browser, stack }) => {
  const credentials = await makeMember(stack, "member");
  const page = await elsewhere(browser, stack);
  await signIn(page, "/settings/account", credentials);
  const name = await page.getByLabel("Name", { exact: true }).inputValue();

  await ownerPage.goto("/settings/members");
  await ownerPage.getByRole("button", { name: `Actions for ${name}` }).click();
  await ownerPage.getByRole("menuitem", { name: "Make a link for a new password" }).click();
  await ownerPage.getByRole("button", { name: "Make link" }).click();
  const link =
    (await ownerPage
      .getByRole("dialog")
      .getByText(/\/reset\//)
      .textContent()) ?? "";

  const stranger = await elsewhere(browser, stack);
  await stranger.goto(link);
  await stranger.getByLabel("New password", { exact: true }).fill("quite another password");
  await stranger.getByRole("button", { name: "Set password" }).click();
  await expect(stranger.getByText("Your password is set")).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(stranger, "/", { ...credentials, password: "quite another password" });
  for (const one of [page, stranger]) await one.context().close();
});

test("one's name, password and sessions are one's own to change", async ({ page, browser, stack }) => {
  const credentials = await makeMember(stack, "member");
  await signIn(page, "/settings/account", credentials);
  await page.getByLabel("Name", { exact: true }).fill("Ada Renamed");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByRole("button", { name: /^Ada Renamed, member/ })).toBeVisible();

  const other = await elsewhere(browser, stack);
  await signIn(other, "/settings/appearance", credentials);
  await page.getByLabel("Old password", { exact: true }).fill("wrong");
  await page.getByLabel("New password", { exact: true }).fill("quite another password");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("The old password is wrong.")).toBeVisible();
  await page.getByLabel("Old password", { exact: true }).fill(credentials.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Password changed")).toBeVisible();
  await expect(other).toHaveURL(/\/sign-in/);

  await signIn(other, "/settings/appearance", { ...credentials, password: "quite another password" });
  await page.reload();
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(other).toHaveURL(/\/sign-in/);
  await expect(page.getByRole("button", { name: "Sign out everywhere else" })).toHaveCount(0);
  await other.context().close();
});
