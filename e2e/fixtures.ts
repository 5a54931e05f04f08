import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { api, createStack, owner, type Stack } from "./stack.ts";

export type Thread = { id: string; status: string; title: string; branch: string };
export type Project = { id: string; name: string; status: string; source: { path: string } };

type Own = {
  /** A page of a browser that is signed in as the owner, at the start page. */
  ownerPage: Page;
};
type Shared = {
  /** Started by the first test that asks, stopped after the last. */
  stack: Stack;
  sample: Project;
};

export const test = base.extend<Own, Shared>({
  stack: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs from the pattern
    async ({}, use) => {
      const dir = await mkdtemp(join(tmpdir(), "heddle-e2e-"));
      const stack = await createStack(join(dir, "home"));
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
  ownerPage: async ({ page }, use) => {
    await signIn(page);
    await use(page);
  },
});

/** From wherever the page is; ends where the person wanted to go. */
export async function signIn(page: Page, path = "/"): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Email").fill(owner.email);
  await page.getByLabel("Password", { exact: true }).fill(owner.password);
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

/** Gives the workspace scenario models of the demo server that runs anyway. @returns the provider's name */
export async function addScenarios(stack: Stack, models: string[]): Promise<string> {
  const providers = await api<{ name: string; baseUrl: string; isDemo: boolean }[]>(stack, "GET", "/providers");
  const name = `scenarios-${providers.length}`;
  const baseUrl = providers.find(({ isDemo }) => isDemo)?.baseUrl;
  await api(stack, "POST", "/providers", { name, kind: "openai-chat", baseUrl, models: models.map((id) => ({ id })) });
  return name;
}
