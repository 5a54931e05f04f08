import { existsSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiClient, createApiClient } from "@heddle/infra/testing/api-client";
import { oldHomeFacts } from "@heddle/infra/testing/old-home/facts";
import { oldHomes, unpackOldHome } from "@heddle/infra/testing/old-home/open";
import { expect, test } from "@playwright/test";
import pg from "pg";
import { createKeyedModel } from "./keyed-model.ts";
import { askpass, git } from "./repository.ts";
import { createStack, databaseUrl, type Stack } from "./stack.ts";

/** Homes of earlier releases, killed in mid-command, open with the present code and go on. */
type Thread = { id: string; projectId: string; title: string; status: string; branch: string };
type Item = { id: string; turnId: string; type: string; status: string; text?: string; command?: string };

const { owner, provider, project, threads: titles } = oldHomeFacts;

async function query(homeDir: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: await databaseUrl(homeDir) });
  await client.connect();
  return client
    .query(sql, values)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

async function itemsOf(api: ApiClient, threadId: string): Promise<Item[]> {
  return (await api<{ items: Item[] }>("GET", `/threads/${threadId}/items`)).items;
}

for (const commit of oldHomes()) {
  test(`the home of ${commit} opens, and its threads go on`, async () => {
    test.setTimeout(300_000);
    const dir = await mkdtemp(join(tmpdir(), "heddle-upgrade-"));
    const home = join(dir, "home");
    unpackOldHome(commit, home);
    const stack = await createStack(home);
    try {
      await stack.start();
      const copy = join(home, "postgres.before-migration");
      expect(existsSync(join(copy, "PG_VERSION")), "a copy is kept").toBe(true);
      const copiedAt = statSync(copy).ino;
      const api = createApiClient(stack.url, owner.token);
      const threads = await api<Thread[]>("GET", "/threads");
      const thread = (title: string) => threads.find((found) => found.title === title) as Thread;
      expect(threads.map(({ title }) => title).sort()).toEqual(Object.values(titles).sort());

      await goesOn(api, home, thread(titles.interrupted));
      const log = await readFile(join(home, "logs/worker.log"), "utf8");
      expect(log, "workflows go on with the histories that the old version began").not.toMatch(
        /nondetermin|TMPRL1100/i,
      );
      await isReadable(api, thread(titles.committed), thread(titles.failed));
      await isFetchable(stack, dir, thread(titles.committed));
      await takesKey(api, home, thread(titles.committed));
      expect(await api("GET", "/audit/verify")).toMatchObject({ ok: true });

      await stack.stop();
      await stack.start();
      expect(statSync(copy).ino, "a second start does not update again").toBe(copiedAt);
      expect(await api("GET", "/audit/verify")).toMatchObject({ ok: true });
    } finally {
      await stack.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });
}

/** The command that ran when everything was killed is not run again; the prompt behind it is answered. */
async function goesOn(api: ApiClient, home: string, { id }: Thread): Promise<void> {
  const status = () => api<Thread>("GET", `/threads/${id}`).then((thread) => thread.status);
  await expect.poll(status, { timeout: 120_000 }).toBe("idle");
  const items = await itemsOf(api, id);
  const commands = items.filter(({ type }) => type === "commandExecution");
  expect(commands.map((item) => item.status)).toEqual(["completed", "interrupted", "completed"]);
  expect(await readFile(join(home, "worktrees", id, "tree/effects.txt"), "utf8")).toBe("one\ntwo\nthree\n");
  const turns = await api<{ status: string }[]>("GET", `/threads/${id}/turns`);
  expect(turns.map((turn) => turn.status)).toEqual(["completed", "completed", "completed"]);
}

async function isReadable(api: ApiClient, committed: Thread, failed: Thread): Promise<void> {
  const items = await itemsOf(api, committed.id);
  expect(new Set(items.map(({ turnId }) => turnId)).size).toBe(3);
  expect(items.at(-1)).toMatchObject({ type: "agentMessage", status: "completed", text: "Done." });
  const { files } = await api<{ files: { path: string; patch: string }[] }>("GET", `/threads/${committed.id}/diff`);
  expect(files.find(({ path }) => path === "weft.txt")?.patch).toContain("+more");
  expect((await itemsOf(api, failed.id)).at(-1)).toMatchObject({ type: "error", code: "MODEL_REFUSED" });
}

async function isFetchable(stack: Stack, dir: string, { projectId, branch }: Thread): Promise<void> {
  const checkout = join(dir, "checkout");
  await git(dir, ["init", "--quiet", checkout]);
  const asked = await askpass(dir, owner.token);
  await git(checkout, ["fetch", "--quiet", `${stack.url}/git/${projectId}.git`, branch], asked);
  expect(await git(checkout, ["log", "-2", "--format=%s", "FETCH_HEAD"])).toBe("Add the weft\nBegin\n");
  expect(await git(checkout, ["show", "FETCH_HEAD:weft.txt"])).toBe("weft\nmore\n");
  expect(await git(checkout, ["show", `FETCH_HEAD:${project.file}`])).toBe("over, under\n");
}

/** A further turn, with the key that the old version sealed. */
async function takesKey(api: ApiClient, home: string, { id }: Thread): Promise<void> {
  const model = await createKeyedModel();
  try {
    await query(home, `UPDATE "Provider" SET "baseUrl" = $1 WHERE name = $2`, [model.baseUrl, provider.name]);
    const call = { name: "shell", arguments: { command: "cat run.log weft.txt" } };
    await api("POST", `/threads/${id}/turns`, { prompt: JSON.stringify([call, "Read."]) });
    const last = async () => (await itemsOf(api, id)).at(-1);
    await expect.poll(last, { timeout: 60_000 }).toMatchObject({ type: "agentMessage", text: "Read." });
    const command = (await itemsOf(api, id)).findLast(({ type }) => type === "commandExecution");
    expect(command, "ignored files are where they were").toMatchObject({ status: "completed", exitCode: 0 });
    expect([...model.keys()]).toEqual([provider.apiKey]);
  } finally {
    await model.close();
  }
}
