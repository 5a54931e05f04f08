import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";
import { signIn, test } from "./fixtures.ts";
import { askpass, git, makeRepository } from "./repository.ts";
import { owner } from "./stack.ts";

let dir: string;
test.beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "heddle-job-"));
});
test.afterEach(() => rm(dir, { recursive: true, force: true }));

const titles = ["Run the tests", "Rename greet", "Add a section"];

const threads = (page: Page) => page.getByRole("navigation", { name: "Threads" });
const row = (page: Page, title: string) => threads(page).getByRole("link", { name: title });
const work = (page: Page) => page.getByRole("region", { name: "Work" });
const conversation = (page: Page) => page.getByRole("log", { name: "Conversation" });

async function startThread(page: Page, project: string, prompt: string): Promise<void> {
  await page.getByRole("button", { name: `New thread in ${project}` }).click();
  await expect(page.getByPlaceholder(`Ask for a change in ${project}`)).toBeVisible();
  await page.getByLabel("Prompt").fill(prompt);
  await page.getByRole("button", { name: "Start thread" }).click();
  await expect(page).toHaveURL(/\/threads\//);
  await expect(page).toHaveTitle(/ · Heddle$/);
}

/** The diff that is on screen has a line of this kind, on a ground of its own. */
async function expectColouredLine(page: Page, sign: "+" | "−", text: string): Promise<void> {
  const line = work(page).locator(`[data-sign="${sign}"]`, { hasText: text }).first();
  await expect(line).toBeVisible();
  const ground = await line.locator("xpath=..").evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(ground).not.toBe("rgba(0, 0, 0, 0)");
}

test("from sign-in to a branch in one's own checkout", async ({ page, browser, stack, sample }) => {
  test.setTimeout(240_000);
  const second = join(dir, "greeter");
  await makeRepository(second, "trunk", {
    "README.md": "# Greeter\n\nSays hello.\n",
    "src/greet.js": 'export const greet = (name) => ["Hello", name].join(", ");\n',
  });

  await test.step("sign in and find the sample project with the demo model", async () => {
    await page.goto("/");
    await expect(page).toHaveURL("/sign-in?from=%2F");
    await signIn(page);
    await expect(threads(page).getByRole("button", { name: sample.name, exact: true })).toBeVisible();
    await expect(page.getByRole("combobox", { name: "Model" })).toHaveText("demo");
    await expect(page.getByText("Scripted demo")).toBeVisible();
  });

  await test.step("add a second project from a path", async () => {
    await page.getByRole("button", { name: "Add a project" }).click();
    await page.getByLabel("Path of the repository").fill(second);
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue("greeter");
    await page.getByRole("button", { name: "Add project" }).click();
    await expect(page).toHaveURL(/\/projects\//);
    await expect(page.getByRole("button", { name: "Base branch: trunk" })).toBeEnabled();
  });

  await test.step("start three threads in two projects", async () => {
    await startThread(page, sample.name, "Run the tests and fix what fails");
    await startThread(page, "greeter", "Rename greet to welcome");
    await startThread(page, sample.name, "Add a section about rounding to the README");
    for (const title of titles) await expect(row(page, title)).toBeVisible();
  });

  await test.step("watch text and commands stream", async () => {
    await expect(
      conversation(page)
        .getByRole("article", { name: /^Answer of/ })
        .first(),
    ).toBeVisible();
    await expect(
      conversation(page)
        .getByRole("button", { name: /^Command/ })
        .first(),
    ).toBeVisible();
  });

  const cookies = await page.context().storageState();
  await page.context().close();
  const context = await browser.newContext({ baseURL: stack.url, storageState: cookies });
  const back = await context.newPage();

  await test.step("come back to find the work done", async () => {
    await back.goto("/");
    for (const title of titles) {
      await expect(row(back, title).getByRole("img", { name: /^(Idle|Unread)$/ })).toBeVisible({ timeout: 90_000 });
    }
  });

  await test.step("read each thread's coloured diff", async () => {
    await row(back, "Rename greet").click();
    await expectColouredLine(back, "−", "const greet");
    await expectColouredLine(back, "+", "const welcome");
    await row(back, "Add a section").click();
    await expectColouredLine(back, "+", "## Rounding");
    await row(back, "Run the tests").click();
    await expectColouredLine(back, "−", "itemCount > from");
    await expectColouredLine(back, "+", "itemCount >= from");
  });

  await test.step("ask for a change in a follow-up", async () => {
    await back.getByLabel("Prompt").fill("Create CHANGES.md with Discounts start at the limit");
    await back.getByLabel("Prompt").press("Control+Enter");
    await expect(conversation(back).getByText("Create CHANGES.md")).toBeVisible();
    await expectColouredLine(back, "+", "Discounts start at the limit");
    await expect(work(back).getByText(/^2 files/)).toBeVisible();
    await expect(conversation(back).getByText(/^Worked/)).toHaveCount(2);
    await conversation(back).getByRole("button", { name: "Files changed" }).last().click();
    await expect(back).toHaveURL(/tab=changes&turn=/);
    await expect(work(back).getByText(/^1 file/)).toBeVisible();
  });

  const shown = await test.step("commit with the suggested message", async () => {
    await back.getByRole("button", { name: "Commit", exact: true }).click();
    const dialog = back.getByRole("dialog", { name: "Commit 2 files" });
    await expect(dialog.getByText("Suggested by the model")).toBeVisible();
    const subject = await dialog.getByLabel("Subject").inputValue();
    expect(subject).not.toBe("");
    await dialog.getByRole("button", { name: "Commit 2 files" }).click();
    const done = back.getByRole("dialog", { name: "Committed" });
    const line = (await done.getByText(/^git fetch /).textContent()) ?? "";
    await done.getByRole("button", { name: "Make a token" }).click();
    const token = (await done.getByText(/^hdl_/).textContent()) ?? "";
    await done.getByRole("button", { name: "Done" }).click();
    await expect(back.getByRole("button", { name: "Commit", exact: true })).toBeFocused();
    return { subject, line, token };
  });

  await test.step("bring the branch into a checkout with the line shown", async () => {
    const checkout = join(dir, "checkout");
    await git(dir, ["clone", "--quiet", sample.source.path, checkout]);
    const [, ...words] = shown.line.split(" ");
    await git(checkout, words, await askpass(dir, shown.token));
    const branch = words.at(-1)?.split(":").at(-1) ?? "";
    const [author, subject] = (await git(checkout, ["log", "-1", "--format=%ae%n%s", branch])).split("\n");
    expect(author).toBe(owner.email);
    expect(subject).toBe(shown.subject);
    const trailers = await git(checkout, ["log", "-1", "--format=%(trailers)", branch]);
    expect(trailers).toContain("Heddle-Model: demo/demo");
    const files = await git(checkout, ["diff", "--name-only", `HEAD..${branch}`]);
    expect(files.trim().split("\n").sort()).toEqual(["CHANGES.md", "src/price.js"]);
  });
  await context.close();
});
