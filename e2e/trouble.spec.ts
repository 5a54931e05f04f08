import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { settled, type Thread, test } from "./fixtures.ts";
import { api, owner } from "./stack.ts";

test("a wrong password says so, and only pages of this origin are gone back to", async ({ page }) => {
  await page.goto("/sign-in?from=//example.org/");
  await page.getByLabel("Email").fill(owner.email);
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(owner.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/");
});

test("signing out ends the session for every page", async ({ ownerPage: page }) => {
  const other = await page.context().newPage();
  await other.goto("/settings/appearance");
  await expect(other.getByText("Kept in this browser.")).toBeVisible();
  await page.getByRole("button", { name: /account menu$/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  // It may go there by itself before anybody asks it for something.
  await expect(async () => {
    await other.goto("/settings/tokens");
    expect(other.url()).toMatch(/\/sign-in\?from=/);
  }).toPass();
});

test("a folder that is no repository is refused at its field", async ({ ownerPage: page }) => {
  const dir = await mkdtemp(join(tmpdir(), "heddle-empty-"));
  await page.getByRole("button", { name: "Add a project" }).click();
  await page.getByLabel("Path of the repository").fill(dir);
  await page.getByRole("button", { name: "Add project" }).click();
  await expect(page.getByText("That folder is not a git repository.")).toBeVisible();
  await expect(page.getByLabel("Path of the repository")).toHaveAttribute("aria-invalid", "true");
  await rm(dir, { recursive: true });
});

test("a follow-up waits for the turn before it, and a commit too", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const model = await scenario("scenario-slow:tokens=150,delay=40");
  const { id } = await api<{ id: string }>(stack, "POST", `/projects/${sample.id}/threads`, {
    prompt: "Slowly",
    model,
  });
  await page.goto(`/threads/${id}`);
  await expect(page.getByText("word1 ")).toBeVisible();
  await expect(page.getByText("The agent is working. Commit when its turn has ended.")).toBeAttached();
  await page.getByLabel("Prompt").fill("And then this");
  await page.getByRole("button", { name: "Queue", exact: true }).click();
  await expect(page.getByText("1 prompt in the queue")).toBeVisible();
  await settled(stack, id);
  await expect(page.getByRole("region", { name: "Queue" })).toBeHidden();
  await expect(page.getByRole("article", { name: / asked$/ })).toHaveCount(2);
});

test("a lost connection is told and made good", async ({ ownerPage: page, stack, sample, scenario }) => {
  const model = await scenario("scenario-slow:tokens=120,delay=40");
  const { id } = await api<{ id: string }>(stack, "POST", `/projects/${sample.id}/threads`, { prompt: "Count", model });
  await failModels(page);
  await page.goto(`/threads/${id}`);
  await expect(page.getByText("word1 ")).toBeVisible();
  const models = page.getByRole("combobox", { name: "Model" });
  await expect(models).toHaveText("Models");
  // Nor can the script of a part that is first shown now.
  await page.route(/_next\/static\/chunks/, (route) => route.abort());
  const unread = page.waitForEvent("requestfailed", (request) => request.url().includes("/chunks/"));
  await page.getByRole("tab", { name: "Details" }).click();
  await unread;
  await page.unrouteAll({ behavior: "wait" });
  await stack.kill("web");
  await expect(page.getByText(/^No connection to Heddle/)).toBeVisible();
  await expect(page.getByText(/^No connection to Heddle/)).toBeHidden();
  await expect(models).toHaveText(/^scenario-slow/);
  await expect(page.getByRole("tabpanel", { name: "Details" })).toContainText("Starts from");
  await settled(stack, id);
  const { items } = await api<{ items: { type: string; text?: string }[] }>(stack, "GET", `/threads/${id}/items`);
  const answers = items.filter(({ type }) => type === "agentMessage").map(({ text = "" }) => text.trim());
  expect(answers[0]).toMatch(/word120$/);
  await expect(page.getByRole("article", { name: /^Answer of/ }).first()).toHaveText(answers[0] ?? "");
  await expect(page.getByRole("article", { name: /^Answer of/ })).toHaveCount(answers.length);
});

/** The list of models cannot be read, whatever else is asked for along with it. */
async function failModels(page: Page): Promise<void> {
  await page.route(/providers\.models/, async (route) => {
    const names = new URL(route.request().url()).pathname.split("/").at(-1)?.split(",") ?? [];
    const response = await route.fetch();
    const answers: unknown[] = await response.json();
    answers[names.indexOf("providers.models")] = { error: { json: { message: "No answer", code: -32603 } } };
    await route.fulfill({ response, json: answers });
  });
}

test("a page that is opened while the database is down comes by itself once it is back", async ({
  ownerPage: page,
  stack,
  sample,
}) => {
  const supervisor = await stack.pidOf("supervisor");
  process.kill(supervisor, "SIGSTOP");
  try {
    await stack.kill("postgres");
    await page.goto(`/projects/${sample.id}`);
    await expect(page.getByText("The page could not be shown")).toBeVisible();
  } finally {
    process.kill(supervisor, "SIGCONT");
  }
  await expect(page.getByRole("button", { name: "Start thread" })).toBeVisible();
});

test("a thread that nobody can run says so, and goes on by itself", async ({ ownerPage: page, stack, sample }) => {
  const supervisor = await stack.pidOf("supervisor");
  const standsStill = page.getByText(/^No worker is running, so this thread stands still/);
  let thread: Thread;
  process.kill(supervisor, "SIGSTOP");
  try {
    await stack.kill("worker");
    thread = await api<Thread>(stack, "POST", `/projects/${sample.id}/threads`, {
      prompt: "Create held.md with Hello",
    });
    await page.goto(`/threads/${thread.id}`);
    await expect(standsStill).toBeVisible();
  } finally {
    process.kill(supervisor, "SIGCONT");
  }
  await expect(standsStill).toBeHidden();
  expect((await settled(stack, thread.id)).status).toBe("idle");
});
