import { expect } from "@playwright/test";
import { finishedThread, signIn, test } from "./fixtures.ts";
import { makeMember } from "./member.ts";

test("the status page tells of hosts and stuck threads, and helps", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const model = await scenario("scenario-401:times=1");
  const prompt = `Get stuck ${Date.now()}`;
  await finishedThread(stack, sample.id, { prompt, model, title: prompt });
  await page.goto("/settings/status");
  const parts = page.getByRole("list", { name: "Parts" });
  await expect(parts.getByText("Well")).toHaveCount(4);
  const stuck = page.getByRole("list", { name: "Stuck threads" }).getByRole("listitem").filter({ hasText: prompt });
  await expect(stuck.getByText("Failed", { exact: true })).toBeVisible();
  await stuck.getByRole("button", { name: /^Try again/ }).click();
  await expect(stuck).toHaveCount(0);

  const host = page.getByRole("table", { name: "Hosts" }).getByRole("row").nth(1);
  await expect(host.getByText("Live", { exact: true })).toBeVisible();
  await host.getByRole("button", { name: /^Drain/ }).click();
  const dialog = page.getByRole("alertdialog", { name: "Drain this host?" });
  await expect(dialog.getByText(/No other host is live/)).toBeVisible();
  await dialog.getByRole("button", { name: "Drain host" }).click();
  await expect(host.getByText("Draining", { exact: true })).toBeVisible();
  await host.getByRole("button", { name: /^Use / }).click();
  await expect(host.getByText("Live", { exact: true })).toBeVisible();
});

test("a member is not shown the status", async ({ browser, stack }) => {
  const page = await (await browser.newContext({ baseURL: stack.url })).newPage();
  await signIn(page, "/settings/appearance", await makeMember(stack, "member"));
  await expect(page.getByRole("link", { name: "Audit log" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Status" })).toHaveCount(0);
  await page.goto("/settings/status");
  await expect(page.getByText("Your role does not allow this")).toBeVisible();
  await page.context().close();
});
