import { expect } from "@playwright/test";
import { expectAccessible } from "./accessible.ts";
import { finishedThread, settled, test } from "./fixtures.ts";
import { api } from "./stack.ts";
import { threadPage } from "./thread-page.ts";

test("signing in", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Write your password")).toBeVisible();
  await expectAccessible(page, "sign-in with faults");
});

test("links that let somebody in", async ({ ownerPage: page, browser, stack }) => {
  for (const path of ["/join/nothing", "/reset/nothing"]) {
    await page.goto(path);
    await expect(page.getByText(/ is not valid$/)).toBeVisible();
    await expectAccessible(page, path);
  }
  await page.goto("/settings/members");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await expectAccessible(page, "inviting", "[role=dialog]");
  const { token } = await api<{ token: string }>(stack, "POST", "/invitations", { role: "viewer" });
  await page.goto(`/join/${token}`);
  await expect(page.getByRole("button", { name: "Join with this account" })).toBeVisible();
  await expectAccessible(page, "joining, signed in");
  const stranger = await (await browser.newContext({ baseURL: stack.url })).newPage();
  await stranger.goto(`/join/${token}`);
  await stranger.getByRole("button", { name: "Make account and join" }).click();
  await expect(stranger.getByText("Write your name.")).toBeVisible();
  await expectAccessible(stranger, "joining with faults");
  await stranger.context().close();
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
  await page.getByRole("button", { name: "Old and new side by side" }).click();
  await expectAccessible(page, "diff side by side");
  await page.getByRole("button", { name: "Share: shared thread" }).click();
  await expect(page.getByRole("list", { name: "Named members" })).toBeVisible();
  await expectAccessible(page, "sharing", "[role=dialog]");
  await page.keyboard.press("Escape");
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
  await page.goto("/inbox");
  await expect(page.getByRole("list", { name: "Inbox" }).getByText("Turn failed").first()).toBeVisible();
  await expectAccessible(page, "inbox");
});

test("a queue, a stop, an edited prompt, an archive and a deletion", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const model = await scenario("scenario-slow:tokens=3000,delay=50");
  const start = { prompt: "Count", model };
  const { id } = await api<{ id: string }>(stack, "POST", `/projects/${sample.id}/threads`, start);
  for (const prompt of ["First", "Second"]) await api(stack, "POST", `/threads/${id}/turns`, { prompt });
  await page.goto(`/threads/${id}?tab=details`);
  const own = threadPage(page);
  await expect(own.queue.getByText("2 prompts in the queue")).toBeVisible();
  await expect(page.getByRole("region", { name: "Network" }).getByText(/so far\.$/)).toBeVisible();
  await own.queue.getByRole("button", { name: "Edit in the queue" }).first().click();
  await expectAccessible(page, "queue and details");
  await page.keyboard.press("Escape");
  await own.stop.click();
  await expect(own.conversation.getByRole("button", { name: "Continue" })).toBeVisible();
  await expectAccessible(page, "stopped thread");
  await own.conversation.getByRole("button", { name: "Edit and resend" }).last().click();
  await expect(page.getByRole("dialog", { name: "Edit and resend" })).toBeVisible();
  await expectAccessible(page, "edit and resend", "[role=dialog]");
  await page.keyboard.press("Escape");
  await own.more("Delete…");
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await expectAccessible(page, "deletion", "[role=alertdialog]");
  await page.keyboard.press("Escape");
  await own.more("Archive…");
  await expect(page.getByRole("dialog", { name: "Archive this thread?" })).toBeVisible();
  await expectAccessible(page, "archive", "[role=dialog]");
  await page.getByRole("button", { name: "Archive thread" }).click();
  await expect(page.getByText(/^This thread is archived/)).toBeVisible();
  await page.getByRole("button", { name: /^Archived/ }).click();
  await expectAccessible(page, "archived thread");
});

test("a setup script that waits, and the settings of a project", async ({ ownerPage: page, stack, sample }) => {
  const settings = `/projects/${sample.id}/environment`;
  await api(stack, "POST", settings, { setupScript: "echo Ready", setupHosts: ["registry.example.com"] });
  const { id } = await api<{ id: string }>(stack, "POST", `/projects/${sample.id}/threads`, { prompt: "Hi" });
  await page.goto(`/threads/${id}`);
  await expect(page.getByRole("region", { name: "Setup script waits for agreement" })).toBeVisible();
  await expectAccessible(page, "setup waits");
  await page.goto(`/projects/${sample.id}/settings`);
  await page.getByRole("textbox", { name: /^Hosts for commands/ }).fill("not a host");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/^Line 1/)).toBeVisible();
  await expectAccessible(page, "settings of a project");
  await api(stack, "POST", settings, { setupScript: null, setupHosts: [] });
  await api(stack, "POST", `/threads/${id}/setup`, { decision: "skip" });
  await settled(stack, id);
});

test("settings", async ({ ownerPage: page }) => {
  for (const [section, sign] of [
    ["account", "Where you are signed in"],
    ["notifications", "Send me an e-mail when"],
    ["appearance", "Single-letter shortcuts"],
    ["workspace", "Leave "],
    ["members", "Invite"],
    ["providers", "Add provider"],
    ["tokens", "New token"],
    ["status", "Stuck threads"],
    ["audit", "Outcome"],
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
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("option", { selected: true })).toBeVisible();
  await expectAccessible(page, "palette", "[role=dialog]");
  await page.goto("/search?q=test");
  await expect(page.getByRole("combobox", { name: "Status" })).toBeVisible();
  await expectAccessible(page, "search");
});
