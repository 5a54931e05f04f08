import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { projectScope } from "@heddle/db/scope";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { createThread } from "@heddle/db/threads";
import { processesNaming } from "@heddle/infra/testing/stack-process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { git, makeRepository } from "../testing/repository.ts";
import { startTestStack, type TestStack } from "../testing/test-stack.ts";
import { personalToken } from "../testing/tokens.ts";

let stack: TestStack;
let workspace: TestWorkspace;
let folder: string;
let threadsDir: string;
let checkout: string;
let shared: MadeThread;
let hidden: MadeThread;
const tokens = { owner: "", member: "", stranger: "" };

type MadeThread = { branch: string; commit: string; checkpoint: string };

/** What a worker leaves behind: a committed branch, and a checkpoint on nobody's branch. */
async function makeThread(visibility: "private" | "shared"): Promise<MadeThread> {
  const { db } = stack.runtime;
  const scope = await projectScope(db, workspace.principals.owner, workspace.projectId, "thread.create");
  const { id, branch } = await createThread(scope, { prompt: `A ${visibility} one`, visibility });
  const baseCommit = await git(["-C", checkout, "rev-parse", "HEAD"]);
  const make = async (text: string) =>
    commitFile("file.txt", await store(["--stdin"], text), ["-p", baseCommit, "-m", text]);
  const commit = await make(`${visibility} work`);
  const checkpoint = await make(`${visibility} checkpoint`);
  await inStore(["update-ref", `refs/heads/${branch}`, commit]);
  await inStore(["update-ref", `refs/heddle/threads/${id}`, checkpoint]);
  await db.prisma.thread.update({ where: { id }, data: { headCommit: commit, baseCommit } });
  return { branch, commit, checkpoint };
}

const inStore = (args: string[], input?: string) => git(["--git-dir", threadsDir, ...args], { input });
const store = (what: string[], input?: string) => inStore(["hash-object", "-w", ...what], input);

async function commitFile(name: string, blob: string, flags: string[]): Promise<string> {
  const tree = await inStore(["mktree"], `100644 blob ${blob}\t${name}\n`);
  return inStore(["commit-tree", tree, ...flags]);
}

const address = (token: string | null, path = `${workspace.projectId}.git`) => {
  const url = new URL(`/git/${path}`, stack.url);
  if (token !== null) Object.assign(url, { username: "heddle", password: token });
  return url.href;
};

beforeAll(async () => {
  stack = await startTestStack();
  const { db, env } = stack.runtime;
  workspace = await makeWorkspace(db);
  const other = await makeWorkspace(db);
  tokens.owner = (await personalToken(db, workspace, workspace.principals.owner)).token;
  tokens.member = (await personalToken(db, workspace, workspace.principals.member)).token;
  tokens.stranger = (await personalToken(db, other, other.principals.owner)).token;
  folder = await mkdtemp(join(tmpdir(), "heddle-git-"));
  checkout = await makeRepository(join(folder, "checkout"));
  const dir = join(env.HEDDLE_HOME, "repos", workspace.projectId);
  threadsDir = join(dir, "threads.git");
  await git(["clone", "--quiet", "--bare", checkout, join(dir, "upstream.git")]);
  await git(["init", "--quiet", "--bare", "--initial-branch=main", threadsDir]);
  await writeFile(join(threadsDir, "objects/info/alternates"), "../../upstream.git/objects\n");
  shared = await makeThread("shared");
  hidden = await makeThread("private");
});
afterAll(async () => {
  await stack.close();
  await rm(folder, { recursive: true, force: true });
});

const refs = async (token: string) =>
  (await git(["ls-remote", address(token)])).split("\n").map((line) => line.split("\t")[1]);

describe("git over HTTP", () => {
  test("a checkout fetches a thread's branch", async () => {
    await git(["-C", checkout, "fetch", "--quiet", address(tokens.member), `${shared.branch}:review`]);
    expect(await git(["-C", checkout, "rev-parse", "review"])).toBe(shared.commit);
    expect(await git(["-C", checkout, "show", "review:file.txt"])).toBe("shared work");
  });

  test("a clone into nothing brings the upstream's history too", async () => {
    const clone = join(folder, "clone");
    await git(["clone", "--quiet", "--branch", shared.branch, address(tokens.member), clone]);
    expect(await git(["-C", clone, "log", "--format=%s"])).toBe("shared work\nfirst");
  });

  test("everyone sees shared branches and their own, and no checkpoint", async () => {
    expect(await refs(tokens.member)).toEqual([`refs/heads/${shared.branch}`]);
    expect((await refs(tokens.owner)).sort()).toEqual(
      [`refs/heads/${shared.branch}`, `refs/heads/${hidden.branch}`].sort(),
    );
  });

  test.each(["0", "1", "2"])(
    "another's private commit cannot be fetched by its exact id (protocol %s)",
    async (version) => {
      const wanted = [hidden.commit, hidden.checkpoint, shared.checkpoint, `refs/heads/${hidden.branch}`];
      for (const want of wanted) {
        const target = join(folder, `steal-${createHash("sha256").update(`${want}${version}`).digest("hex")}`);
        await git(["init", "--quiet", target]);
        const steal = git([
          "-C",
          target,
          "-c",
          `protocol.version=${version}`,
          "fetch",
          "--quiet",
          address(tokens.member),
          want,
        ]);
        await expect(steal).rejects.toThrow();
        const id = want === `refs/heads/${hidden.branch}` ? hidden.commit : want;
        await expect(git(["-C", target, "cat-file", "-e", id])).rejects.toThrow();
      }
    },
  );

  test("a request made by hand for a hidden commit is refused, also zipped", async () => {
    const line = (text: string) => (text.length + 4).toString(16).padStart(4, "0") + text;
    const body = (want: string) =>
      Buffer.from(`${line(`want ${want} side-band-64k ofs-delta\n`)}0000${line("done\n")}`);
    const ask = async (want: string, zipped: boolean) => {
      const response = await fetch(`${stack.url}/git/${workspace.projectId}.git/git-upload-pack`, {
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from(`x:${tokens.member}`).toString("base64")}`,
          "content-type": "application/x-git-upload-pack-request",
          "git-protocol": "version=2",
          ...(zipped ? { "content-encoding": "gzip" } : {}),
        },
        body: zipped ? gzipSync(body(want)) : body(want),
      });
      const bytes = await response.arrayBuffer().catch(() => new ArrayBuffer(0));
      return Buffer.from(bytes).toString("latin1");
    };
    for (const zipped of [false, true]) {
      expect(await ask(shared.commit, zipped)).toContain("PACK");
      expect(await ask(hidden.commit, zipped)).not.toContain("PACK");
      expect(await ask(hidden.checkpoint, zipped)).not.toContain("PACK");
    }
  });

  test("asks for a token; knows no foreign project; takes no push", async () => {
    const info = "info/refs?service=git-upload-pack";
    const anonymous = await fetch(`${address(null)}/${info}`);
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get("www-authenticate")).toMatch(/^Basic /);
    const basic = (token: string) => ({ authorization: `Basic ${Buffer.from(`x:${token}`).toString("base64")}` });
    const get = (path: string, token: string) => fetch(`${address(null)}/${path}`, { headers: basic(token) });
    expect((await get(info, "wrong")).status).toBe(401);
    expect((await get(info, tokens.stranger)).status).toBe(404);
    expect((await get("info/refs?service=git-receive-pack", tokens.owner)).status).toBe(403);
    expect((await get("info/refs", tokens.owner)).status).toBe(400);
    await expect(
      git(["-C", checkout, "push", "--quiet", address(tokens.owner), "HEAD:refs/heads/x"]),
    ).rejects.toThrow();
  });

  test("a big pack comes whole, and a client that leaves leaves no git behind", async () => {
    const { db } = stack.runtime;
    const big = join(folder, "big.bin");
    const noise = Array.from({ length: 400_000 }, (_, index) =>
      createHash("sha256").update(String(index)).digest("base64"),
    );
    await writeFile(big, noise.join(""));
    const id = await store([big]);
    const commit = await commitFile("big.bin", id, ["-m", "big"]);
    await inStore(["update-ref", `refs/heads/${shared.branch}`, commit]);
    await db.prisma.thread.updateMany({ where: { branch: shared.branch }, data: { headCommit: commit } });
    const target = join(folder, "big");
    await git(["clone", "--quiet", "--branch", shared.branch, address(tokens.member), target]);
    expect(await git(["-C", target, "hash-object", "big.bin"])).toBe(id);

    const left = new AbortController();
    const want = `want ${commit} side-band-64k\n`;
    const response = await fetch(`${address(null)}/git-upload-pack`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`x:${tokens.member}`).toString("base64")}` },
      body: `${(want.length + 4).toString(16).padStart(4, "0")}${want}00000009done\n`,
      signal: left.signal,
    });
    await response.body?.getReader().read();
    left.abort();
    await expect.poll(() => processesNaming(threadsDir), { timeout: 10_000 }).toEqual([]);
  });
});
