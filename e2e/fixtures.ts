import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mailbox, openMailbox } from "@heddle/testing/mailbox";
import { test as base, expect, type Page } from "@playwright/test";
import type { Credentials } from "./member.ts";
import { api, createStack, owner, type Stack } from "./stack.ts";

export type Thread = { id: string; status: string; title: string; branch: string };
export type Project = { id: string; name: string; status: string; source: { path: string } };

type Own = {
  /** Makes a scenario model of the demo server known, for this test alone. @returns its full name */
  scenario: (model: string) => Promise<string>;
  /** A page of a browser that is signed in as the owner, at the start page. */
  ownerPage: Page;
};
type Shared = {
  /** Takes the e-mails of the stack. */
  mailbox: Mailbox;
  /** Started by the first test that asks, stopped after the last. */
  stack: Stack;
  sample: Project;
};

export const test = base.extend<Own, Shared>({
  mailbox: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs from the pattern
    async ({}, use) => {
      const mailbox = await openMailbox();
      await use(mailbox);
      await mailbox.close();
    },
    { scope: "worker" },
  ],
  stack: [
    async ({ mailbox }, use) => {
      const dir = await mkdtemp(join(tmpdir(), "heddle-e2e-"));
      const stack = await createStack(join(dir, "home"), { HEDDLE_SMTP_URL: mailbox.url });
      try {
        await stack.start();
        await use(stack);
      } finally {
        await stack.stop();
        await rm(dir, { recursive: true, force: true });
      }
    },
    { scope: "worker", timeout: 300_000 },
  ],
  sample: [
    async ({ stack }, use) => {
      const ready = async () => (await api<Project[]>(stack, "GET", "/projects"))[0];
      await expect.poll(async () => (await ready())?.status).toBe("ready");
      await use((await ready()) as Project);
    },
    { scope: "worker", timeout: 60_000 },
  ],
  baseURL: ({ stack }, use) => use(stack.url),
  scenario: async ({ stack }, use) => {
    const added: Provider[] = [];
    await use(async (model) => {
      const provider = await addScenario(stack, model);
      added.push(provider);
      return `${provider.name}/${model}`;
    });
    // The first provider that is no demo is everybody's default.
    for (const { id } of added) await api(stack, "DELETE", `/providers/${id}`);
  },
  ownerPage: async ({ page }, use) => {
    await signIn(page);
    await use(page);
  },
});

/** From wherever the page is; ends where the person wanted to go. */
export async function signIn(page: Page, path = "/", who: Credentials = owner): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Email").fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(path);
}

/** Starts a thread by the API and waits until its turn has ended. */
export async function finishedThread(stack: Stack, projectId: string, input: object): Promise<Thread> {
  const { id } = await api<Thread>(stack, "POST", `/projects/${projectId}/threads`, input);
  return settled(stack, id);
}

export async function settled(stack: Stack, threadId: string): Promise<Thread> {
  const read = () => api<Thread>(stack, "GET", `/threads/${threadId}`);
  await expect.poll(async () => (await read()).status, { timeout: 90_000 }).not.toBe("running");
  return read();
}

type Provider = { id: string; name: string; baseUrl: string; isDemo: boolean };

/** A provider with one scenario model, on the demo server that runs anyway. */
async function addScenario(stack: Stack, model: string): Promise<Provider> {
  const providers = await api<Provider[]>(stack, "GET", "/providers");
  const demo = providers.find(({ isDemo }) => isDemo) as Provider;
  const name = `scenarios-${Date.now()}`;
  const input = { name, kind: "openai-chat", baseUrl: demo.baseUrl, models: [{ id: model }] };
  return { ...demo, ...(await api<{ id: string }>(stack, "POST", "/providers", input)), name };
}
