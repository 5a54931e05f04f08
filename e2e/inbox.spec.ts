import { expect } from "@playwright/test";
import { signIn, test } from "./fixtures.ts";
import { makeMember } from "./member.ts";

test("what needs a member comes live, is dealt with by keyboard, and is told by e-mail", async ({
  page,
  stack,
  scenario,
  mailbox,
}) => {
  await scenario("scenario-401");
  const member = await makeMember(stack, "member");
  await signIn(page, "/inbox", member);
  await expect(page.getByText("Nothing waits for you")).toBeVisible();

  const other = await page.context().newPage();
  await other.goto("/");
  const title = `Rename the parser ${Date.now()}`;
  await other.getByRole("textbox", { name: "Prompt", exact: true }).fill(title);
  await other.getByRole("button", { name: "Start thread" }).click();
  await expect(other).toHaveURL(/\/threads\//);

  const list = page.getByRole("list", { name: "Inbox" });
  const row = list.getByRole("link", { name: title });
  await expect(row).toContainText("Turn failed");
  await expect(page).toHaveTitle("(1) Inbox · Heddle");
  await expect(page.getByRole("link", { name: /^Inbox 1/ })).toBeVisible();

  const mine = () => mailbox.received.find(({ to }) => to.includes(member.email));
  await expect.poll(mine, { timeout: 60_000 }).toBeDefined();
  const links = mine()?.raw.match(/http:\/\/127\.0\.0\.1:\d+\/\S+?(?=["\s>])/g) ?? [];
  expect(links).toContain(other.url());

  await page.keyboard.press("j");
  await expect(row).toBeFocused();
  await page.keyboard.press("c");
  await expect(row).toContainText("Taken by");
  await page.keyboard.press("s");
  await page.getByRole("menuitem", { name: "In one hour" }).press("Enter");
  await expect(page.getByText("Nothing waits for you")).toBeVisible();
  await expect(page).toHaveTitle("Inbox · Heddle");
  await page.keyboard.press("z");
  await expect(row).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(row).toHaveCount(0);
  await page.getByRole("radio", { name: "Done" }).click();
  await row.focus();
  await page.keyboard.press("u");
  await expect(row).toHaveCount(0);
  await page.getByRole("radio", { name: "Open" }).click();
  await row.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/threads\//);

  await page.goto(links.find((link) => link.endsWith("/settings/notifications")) ?? "");
  await page.getByLabel("A turn fails").uncheck();
  await page.getByLabel("Send nothing at certain hours").check();
  await page.getByLabel("From").fill("21:30");
  await page.getByRole("button", { name: "Save notifications" }).click();
  await expect(page.getByText("Notifications saved")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("A turn fails")).not.toBeChecked();
  await expect(page.getByLabel("From")).toHaveValue("21:30");
});
