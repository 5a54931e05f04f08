import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { finishedThread, type Project, signIn, test } from "./fixtures.ts";
import { makeMember } from "./member.ts";
import { makeRepository } from "./repository.ts";
import { api, type Stack } from "./stack.ts";
import { threadPage } from "./thread-page.ts";

let dir: string;
test.beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "heddle-setup-"));
});
test.afterEach(() => rm(dir, { recursive: true, force: true }));

/** A project of its own, so that its environment is nobody else's. */
async function makeProject(stack: Stack, name: string): Promise<Project> {
  await makeRepository(join(dir, name), "main", { "README.md": "# Setup\n" });
  const { id } = await api<Project>(stack, "POST", "/projects", { name, source: { path: join(dir, name) } });
  await expect.poll(async () => (await api<Project>(stack, "GET", `/projects/${id}`)).status).toBe("ready");
  return api<Project>(stack, "GET", `/projects/${id}`);
}

async function start(stack: Stack, projectId: string, prompt: string): Promise<string> {
  return (await api<{ id: string }>(stack, "POST", `/projects/${projectId}/threads`, { prompt })).id;
}

const scriptField = (page: Page) => page.getByRole("textbox", { name: /^Setup script/ });

test("a setup script is written, asked for once, and its log is kept", async ({ ownerPage: page, stack }) => {
  test.setTimeout(240_000);
  const project = await makeProject(stack, "asked");
  await page.goto(`/projects/${project.id}`);
  await page.getByRole("link", { name: "Settings of asked" }).click();
  await scriptField(page).fill("echo set up; echo ok > prepared.log");
  await page.getByRole("textbox", { name: /^Hosts for setup/ }).fill("registry.example.com\nhttps://not.a/name");
  await page.getByRole("link", { name: "New thread", exact: true }).click();
  await page
    .getByRole("alertdialog", { name: "Leave without saving?" })
    .getByRole("button", { name: "Cancel" })
    .click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/^Line 2, https:\/\/not\.a\/name: Write the host's name alone/)).toBeVisible();
  await page.getByRole("textbox", { name: /^Hosts for setup/ }).fill("registry.example.com");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("All changes are saved")).toBeVisible();
  await expect(page.getByText("Not agreed to yet: the first thread that needs it asks.")).toBeVisible();

  const id = await start(stack, project.id, "Create a.md with Hello");
  await page.goto(`/threads/${id}`);
  const { conversation, row } = threadPage(page);
  const card = page.getByRole("region", { name: "Setup script waits for agreement" });
  await expect(card.getByText("echo set up; echo ok > prepared.log")).toBeVisible();
  await expect(card.getByText("registry.example.com")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Threads" }).getByText("Waits for you")).toBeVisible();
  await card.getByRole("button", { name: "Run for this project" }).click();
  await expect(card).toBeHidden();
  await expect(conversation.getByRole("button", { name: /agreed to the setup script/ })).toBeVisible();
  await expect(conversation.getByText(/^Worked/)).toBeVisible();
  await conversation.getByRole("button", { name: /^Setup script/ }).click();
  await expect(conversation.getByText("set up", { exact: true })).toBeVisible();
  await expect(row("Create").first()).toBeVisible();

  const again = await finishedThread(stack, project.id, { prompt: "Create b.md with Hello" });
  await page.goto(`/threads/${again.id}?tab=details`);
  await expect(page.getByRole("region", { name: "Worktree" }).getByText("Done")).toBeVisible();
});

test("a setup that fails says why, runs again once it is mended, or is skipped", async ({ ownerPage: page, stack }) => {
  test.setTimeout(240_000);
  const project = await makeProject(stack, "failing");
  const settings = `/projects/${project.id}/environment`;
  await api(stack, "POST", settings, { setupScript: "echo no such tool; exit 3", approve: true });
  const { id } = await finishedThread(stack, project.id, { prompt: "Create a.md with Hello" });
  await page.goto(`/threads/${id}`);
  const { conversation } = threadPage(page);
  await expect(conversation.getByText("The worktree could not be set up")).toBeVisible();
  await expect(conversation.getByRole("button", { name: /^Setup script.*exit 3/ })).toBeVisible();
  await expect(conversation.getByText("no such tool").first()).toBeVisible();
  await api(stack, "POST", settings, { setupScript: "echo mended", approve: true });
  await conversation.getByRole("button", { name: "Run again" }).click();
  await expect(conversation.getByText(/^Worked/)).toBeVisible();
  await expect(conversation.getByRole("button", { name: "Run again" })).toHaveCount(0);

  await api(stack, "POST", settings, { setupScript: "exit 4", approve: true });
  const other = await finishedThread(stack, project.id, { prompt: "Create b.md with Hello" });
  await page.goto(`/threads/${other.id}`);
  await conversation.getByRole("button", { name: "Skip for this thread" }).click();
  await expect(conversation.getByText(/lets this thread go on without the setup script\.$/)).toBeVisible();
  await expect(conversation.getByText(/^Worked/).last()).toBeVisible();
});

test("a member may skip a setup script, not agree to it, and reads the settings", async ({ browser, stack }) => {
  const project = await makeProject(stack, "members");
  await api(stack, "POST", `/projects/${project.id}/environment`, { setupScript: "echo hi" });
  const page = await (await browser.newContext({ baseURL: stack.url })).newPage();
  await signIn(page, "/", await makeMember(stack, "member"));
  await page.goto(`/projects/${project.id}/settings`);
  await expect(page.getByText(/^Your role \(member\) reads these settings/)).toBeVisible();
  await expect(scriptField(page)).not.toBeEditable();
  await expect(page.getByRole("button", { name: "Save", exact: true })).toHaveCount(0);
  await page.goto(`/threads/${await start(stack, project.id, "Create a.md with Hello")}`);
  const card = page.getByRole("region", { name: "Setup script waits for agreement" });
  await expect(card.getByText(/agrees to the script, once for all its threads/)).toBeVisible();
  await expect(card.getByRole("button", { name: "Run for this project" })).toHaveCount(0);
  await card.getByRole("button", { name: "Skip for this thread" }).click();
  await expect(threadPage(page).conversation.getByText(/^Worked/)).toBeVisible();
  await page.context().close();
});

test("the dev command is started, looked at and stopped", async ({ ownerPage: page, stack }) => {
  const project = await makeProject(stack, "served");
  const { id } = await finishedThread(stack, project.id, { prompt: "Create a.md with Hello" });
  await page.goto(`/threads/${id}?tab=details`);
  const dev = page.getByRole("region", { name: "Dev server" });
  await expect(dev.getByText("The project has no dev command.")).toBeVisible();
  const server = "require('http').createServer((q, r) => r.end('served')).listen(process.env.PORT)";
  await api(stack, "POST", `/projects/${project.id}/environment`, { devCommand: `node -e "${server}"` });
  await page.reload();
  await dev.getByRole("button", { name: "Start" }).click();
  await expect(dev.getByText("Running", { exact: true })).toBeVisible();
  const href = await dev.getByRole("link", { name: "Open" }).getAttribute("href");
  expect(await (await fetch(href ?? "")).text()).toBe("served");
  await dev.getByRole("button", { name: "Stop" }).click();
  await expect(dev.getByText("Stopped", { exact: true })).toBeVisible();
});
