import { type Browser, expect, type Page } from "@playwright/test";
import type { Stack } from "./stack.ts";

/** A page of another browser: with cookies of its own. */
export async function elsewhere(browser: Browser, stack: Stack): Promise<Page> {
  return (await browser.newContext({ baseURL: stack.url })).newPage();
}

export async function choose(page: Page, field: string, option: string | RegExp): Promise<void> {
  await page.getByLabel(field, { exact: true }).click();
  await page.getByRole("option", typeof option === "string" ? { name: option, exact: true } : { name: option }).click();
}

/** Makes an invitation in the settings. @returns its link, as the dialog shows it */
export async function invite(page: Page, role: string): Promise<string> {
  await page.goto("/settings/members");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await choose(page, "Role", role);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Make link" }).click();
  const link = (await dialog.getByText(/\/join\//).textContent()) ?? "";
  await dialog.getByRole("button", { name: "Done" }).click();
  return link;
}

/** Somebody new takes an invitation in a browser of their own. */
export async function join(browser: Browser, stack: Stack, link: string, name: string): Promise<Page> {
  const page = await elsewhere(browser, stack);
  await page.goto(link);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Email").fill(`${name.toLowerCase().replace(/\W+/g, ".")}@example.test`);
  await page.getByLabel("Password", { exact: true }).fill("a password of one's own");
  await page.getByRole("button", { name: "Make account and join" }).click();
  await expect(page).toHaveURL("/");
  return page;
}
