import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGitHttps } from "@heddle/agent/git/remote/testing/https-server";
import { startGitSsh } from "@heddle/agent/git/remote/testing/ssh-server";
import { test as base, expect, type Page } from "@playwright/test";
import { expectAccessible } from "./accessible.ts";
import { signIn } from "./fixtures.ts";
import { git, makeRepository } from "./repository.ts";
import { createStack } from "./stack.ts";
import { threadPage } from "./thread-page.ts";

const user = { name: "ada", token: "tok-5d0e/+x" };

/** Two servers with a repository each, and a stack that trusts the certificate of one of them. */
const test = base.extend<{ place: Awaited<ReturnType<typeof openPlace>> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs from the pattern
  place: async ({}, use) => {
    const place = await openPlace();
    await use(place);
    await place.close();
  },
});

async function openPlace() {
  const dir = await mkdtemp(join(tmpdir(), "heddle-remotes-"));
  await makeRepository(join(dir, "work"), "trunk", { "README.md": "# Shop\n" });
  const repositories = { https: join(dir, "shop.git"), ssh: join(dir, "till.git") };
  for (const bare of Object.values(repositories)) await git(dir, ["clone", "--quiet", "--bare", "work", bare]);
  const https = await startGitHttps(dir, user);
  const ssh = await startGitSsh(dir);
  const settings = { HEDDLE_GIT_CA_FILE: https.caFile };
  const strict = await createStack(join(dir, "home"), { ...settings, HEDDLE_ALLOWED_PRIVATE_HOSTS: "127.0.0.1" });
  const open = await createStack(join(dir, "home"), settings);
  return {
    repositories,
    https,
    ssh,
    /** On the same home: one that may reach 127.0.0.1 only, and one that may reach `localhost`, too. */
    stacks: { strict, open },
    async close() {
      for (const stack of [strict, open]) await stack.stop();
      for (const server of [https, ssh]) await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function openAddDialog(page: Page, url: string) {
  await page.getByRole("button", { name: "Add a project" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add a project" });
  await dialog.getByRole("radio", { name: "Address" }).click();
  const address = dialog.getByLabel("Address of the repository");
  await address.fill(url);
  const add = dialog.getByRole("button", { name: "Add project" });
  return { dialog, address, add };
}

/** Has the project that is on screen changed by a thread, and the change committed. @returns the thread's branch */
async function commitSomething(page: Page): Promise<string> {
  await expect(page.getByRole("button", { name: "Base branch: trunk" })).toBeEnabled();
  await page.getByLabel("Prompt").fill("Create CHANGES.md with Sold out");
  await page.getByRole("button", { name: "Start thread" }).click();
  const { work } = threadPage(page);
  await expect(work.getByText("Sold out").first()).toBeVisible();
  await page.getByRole("button", { name: "Commit", exact: true }).click();
  await expect(page.getByText("Suggested by the model")).toBeVisible();
  await page.getByRole("button", { name: "Commit 1 file" }).click();
  const committed = page.getByRole("dialog", { name: "Committed" });
  const line = (await committed.getByText(/^git fetch /).textContent()) ?? "";
  await committed.getByRole("button", { name: "Done" }).click();
  return line.split(":").at(-1) ?? "";
}

async function push(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Push", exact: true }).click();
  await page.getByRole("dialog", { name: "Push the branch" }).getByRole("button", { name: "Push" }).click();
}

test("repositories at addresses: added, worked on and pushed to, over https and ssh", async ({ page, place }) => {
  test.setTimeout(240_000);
  const { https, ssh, repositories, stacks } = place;
  const byName = https.url("shop.git");

  await test.step("what cannot be an address, or is a private one, is refused at once", async () => {
    await stacks.strict.start();
    await signIn(page, `${stacks.strict.url}/`);
    const { dialog, address, add } = await openAddDialog(page, "ext::sh -c x");
    await add.click();
    await expect(dialog.getByText(/^An address has no spaces/)).toBeVisible();
    await address.fill("https://ada:pw@localhost/shop.git");
    await add.click();
    await expect(dialog.getByText(/^Take the user and the password out/)).toBeVisible();
    await address.fill(byName);
    await add.click();
    await expect(dialog.getByText(/HEDDLE_ALLOWED_PRIVATE_HOSTS/)).toBeVisible();
    await expectAccessible(page, "adding by address", "[role=dialog]");
    expect(https.requests).toEqual([]);
    await stacks.strict.stop();
    await stacks.open.start();
    await signIn(page, `${stacks.open.url}/`);
  });

  await test.step("over https: no access without a credential, then a token", async () => {
    const { add } = await openAddDialog(page, byName);
    await add.click();
    await expect(page.getByRole("alert").getByText(/^localhost asks who is there/)).toBeVisible();
    await page.getByRole("link", { name: "Change the address or the credential" }).click();
    await page.getByRole("button", { name: "Replace" }).click();
    await page.getByRole("radio", { name: "Token" }).click();
    await page.getByLabel("Token", { exact: true }).fill(user.token);
    await page.getByLabel("User").fill(user.name);
    await page.getByRole("button", { name: "Save repository" }).click();
    await expect(page.getByText("A token of “ada”.")).toBeVisible();
    await page.getByRole("link", { name: "shop", exact: true }).click();
  });

  await test.step("a thread's branch is pushed; what somebody else has put there stays", async () => {
    const branch = await commitSomething(page);
    const tip = (await git(repositories.https, ["rev-parse", "trunk"])).trim();
    const identity = ["-c", "user.name=Bea", "-c", "user.email=bea@example.test"];
    const theirs = await git(repositories.https, [
      ...identity,
      "commit-tree",
      "-p",
      tip,
      "-m",
      "Theirs",
      `${tip}^{tree}`,
    ]);
    await git(repositories.https, ["update-ref", `refs/heads/${branch}`, theirs.trim()]);
    await push(page);
    const dialog = page.getByRole("dialog", { name: "Push the branch" });
    await expect(dialog.getByText(/Heddle overwrites nothing/)).toBeVisible();
    await expectAccessible(page, "refused push", "[role=dialog]");
    await git(repositories.https, ["branch", "-D", branch]);
    await dialog.getByRole("button", { name: "Push again" }).click();
    await page.getByRole("dialog", { name: "Pushed" }).getByRole("button", { name: "Done" }).click();
    expect(await git(repositories.https, ["show", `${branch}:CHANGES.md`])).toContain("Sold out");
    await expect(page.getByRole("button", { name: "Pushed" })).toBeFocused();
  });

  await test.step("over ssh: the server's key is agreed to, Heddle's is added there", async () => {
    const { add } = await openAddDialog(page, `ssh://git@localhost:${ssh.port}/till.git`);
    await add.click();
    await expect(page.getByText(/^Is this localhost/)).toBeVisible();
    await expectAccessible(page, "server's key");
    const key = await page.getByText(/^ssh-ed25519 /).textContent();
    await page.getByRole("button", { name: "It is the right key" }).click();
    await expect(page.getByRole("alert").getByText(/does not accept the project's ssh key/)).toBeVisible();
    ssh.allow(key ?? "");
    await page.getByRole("button", { name: "Try again" }).click();
    const branch = await commitSomething(page);
    await push(page);
    await expect(page.getByRole("dialog", { name: "Pushed" })).toBeVisible();
    expect(await git(repositories.ssh, ["show", `${branch}:CHANGES.md`])).toContain("Sold out");
  });
});
