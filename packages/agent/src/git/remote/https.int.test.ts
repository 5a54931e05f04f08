import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { pushCommit } from "../push.ts";
import { runGit } from "../run.ts";
import { openStore } from "../store.ts";
import { commitAll, userGit, writeFiles } from "../testing/project.ts";
import { openHttps } from "./https.ts";
import type { FetchProgress } from "./progress.ts";
import type { Remote, RemoteCredential } from "./remote.ts";
import { type GitHttpsServer, startGitHttps } from "./testing/https-server.ts";

const user = { name: "ada", token: "tok-8c1f5d/+x" };
const credential: RemoteCredential = { kind: "token", username: user.name, token: user.token };

let root: string;
let homeDir: string;
let work: string;
let bare: string;
let server: GitHttpsServer;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "heddle-https-"));
  homeDir = join(root, "home");
  work = join(root, "work");
  bare = join(root, "shop.git");
  for (const dir of [homeDir, work, join(root, "tmp")]) await mkdir(dir);
  vi.stubEnv("TMPDIR", join(root, "tmp"));
  await userGit(work, "init", "-q", "-b", "main");
  await writeFiles(
    work,
    Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, `${n} ${Math.random()}\n`])),
  );
  await commitAll(work, "one");
  await userGit(root, "clone", "-q", "--bare", work, bare);
  server = await startGitHttps(root, user);
});
afterEach(() => {
  server.answer = null;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(root, { recursive: true, force: true });
});

const newStore = () => openStore(homeDir, `store-${++count}`);
const remote = (changes: Partial<Remote> = {}): Remote => ({
  url: server.url("shop.git"),
  scheme: "https",
  host: "localhost",
  port: server.port,
  user: null,
  credential,
  hostKey: null,
  allowPrivate: (host) => host === "localhost",
  caFile: server.caFile,
  ...changes,
});
const tip = () => userGit(bare, "rev-parse", "main").then((line) => line.trim());

/** Command lines and environments of all processes of this machine. */
function whatOthersSee(): string {
  const read = (path: string) => {
    try {
      return readFileSync(path, "latin1");
    } catch {
      return "";
    }
  };
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.map((id) => read(`/proc/${id}/cmdline`) + read(`/proc/${id}/environ`)).join("\n");
}

async function everyFile(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
}

describe("a repository at an https address", () => {
  test("is cloned with a credential, and fetched again, with progress", async () => {
    const store = newStore();
    const seen: FetchProgress[] = [];
    expect(await store.fetch(remote(), { onProgress: (progress) => seen.push(progress) })).toEqual({
      defaultBranch: "main",
    });
    expect(await store.resolve("main")).toBe(await tip());
    expect(seen.some(({ phase }) => phase === "preparing")).toBe(true);
    expect(seen.filter(({ phase }) => phase === "receiving").at(-1)).toMatchObject({ objects: 302, totalObjects: 302 });
    await writeFiles(work, { more: "1\n" });
    const next = await commitAll(work, "two");
    await userGit(work, "push", "-q", bare, "main");
    await store.fetch(remote());
    expect(await store.resolve("main")).toBe(next);
  });

  test("shows its credential to no process, file, setting or message", async () => {
    const seen: string[] = [];
    const store = newStore();
    const names = ["localhost", user.token, Buffer.from(`${user.name}:${user.token}`).toString("base64")];
    server.answer = (request, response) => {
      seen.push(whatOthersSee());
      if (request.headers.authorization === undefined)
        response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
      // What a hostile server may do: send back what it was sent.
      else response.writeHead(403, { "Content-Type": "text/plain" }).end(names.join("\n"));
    };
    const error = await store.fetch(remote()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "REMOTE_AUTH_FAILED" });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.some((text) => text.includes("remote-https"))).toBe(true);
    for (const secret of names.slice(1)) {
      expect(seen.join("\n")).not.toContain(secret);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret);
    }
    server.answer = null;
    await store.fetch(remote());
    expect(await everyFile(homeDir)).not.toContain(user.token);
    expect(readdirSync(join(root, "tmp"))).toEqual([]);
  });

  test("says what is wrong", async () => {
    const fetch = (changes: Partial<Remote>) => newStore().fetch(remote(changes));
    await expect(fetch({ credential: null })).rejects.toMatchObject({ code: "REMOTE_AUTH_FAILED" });
    await expect(fetch({ credential: { ...credential, token: "wrong" } as RemoteCredential })).rejects.toMatchObject({
      code: "REMOTE_AUTH_FAILED",
    });
    await expect(fetch({ url: server.url("absent.git") })).rejects.toMatchObject({ code: "REMOTE_NOT_FOUND" });
    await expect(fetch({ caFile: undefined })).rejects.toMatchObject({
      code: "REMOTE_UNREACHABLE",
      message: expect.stringContaining("certificate"),
    });
    await expect(fetch({ url: "https://localhost:1/x", port: 1 })).rejects.toMatchObject({
      code: "REMOTE_UNREACHABLE",
    });
    await expect(
      fetch({ url: "https://no-such-host.invalid/x", host: "no-such-host.invalid", port: 443 }),
    ).rejects.toMatchObject({ code: "REMOTE_UNREACHABLE" });
    await userGit(root, "init", "-q", "--bare", "empty.git");
    await expect(fetch({ url: server.url("empty.git") })).rejects.toMatchObject({ code: "EMPTY_REPOSITORY" });
    server.answer = (_request, response) =>
      response.writeHead(200, { "Content-Type": "text/html" }).end("<html>\n<body>Sign in</body>\n</html>\n");
    await expect(fetch({})).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
    server.answer = (_request, response) => response.writeHead(502).end();
    await expect(fetch({})).rejects.toMatchObject({ code: "REMOTE_UNREACHABLE" });
  });

  test("is not looked for at a private address that no admin has allowed, by name or by number", async () => {
    server.requests.length = 0;
    const allowPrivate = () => false;
    await expect(newStore().fetch(remote({ allowPrivate }))).rejects.toMatchObject({ code: "ADDRESS_NOT_ALLOWED" });
    const url = server.url("shop.git", "127.0.0.1");
    await expect(newStore().fetch(remote({ allowPrivate, url, host: "127.0.0.1" }))).rejects.toMatchObject({
      code: "ADDRESS_NOT_ALLOWED",
    });
    expect(server.requests).toEqual([]);
  });

  test("is asked for at the address that was checked, whatever its name says by then", async () => {
    const elsewhere = { address: "127.0.0.2", port: server.port };
    const checked = await startGitHttps(await mkdtemp(join(root, "checked-")), undefined, elsewhere);
    await userGit(dirname(checked.caFile), "clone", "-q", "--bare", work, "shop.git");
    server.requests.length = 0;
    // The name says 127.0.0.1.
    const door = await openHttps(remote({ caFile: checked.caFile }), elsewhere.address);
    const settings = door.settings.flatMap((setting) => ["-c", setting]);
    const { stdout } = await runGit(root, [...settings, "ls-remote", server.url("shop.git"), "main"], door);
    await door.close();
    expect(stdout.toString()).toContain(await tip());
    expect(checked.requests).toHaveLength(2);
    expect(server.requests).toEqual([]);
    await checked.close();
  });

  test("is not followed elsewhere", async () => {
    const other = await startGitHttps(await mkdtemp(join(root, "other-")));
    const location = other.url("shop.git/info/refs?service=git-upload-pack");
    server.answer = (_request, response) => response.writeHead(302, { Location: location }).end();
    await expect(newStore().fetch(remote())).rejects.toMatchObject({ code: "REMOTE_MOVED" });
    expect(other.requests).toEqual([]);
    await other.close();
  });

  test("can be given up, and is then fetched whole", async () => {
    const store = newStore();
    const stop = new AbortController();
    const cut = store.fetch(remote(), { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(cut).rejects.toMatchObject({ code: "ABORTED" });
    await store.fetch(remote());
    expect(await store.resolve("main")).toBe(await tip());
  });

  test("refuses objects that git calls dangerous", async () => {
    const bad = join(root, "bad.git");
    await userGit(root, "clone", "-q", "--bare", work, bad);
    const blob = (await userGit(bad, "rev-parse", "main:f1")).trim();
    await writeFile(join(root, "tree"), Buffer.concat([Buffer.from("100644 .git\0"), Buffer.from(blob, "hex")]));
    const tree = (await userGit(bad, "hash-object", "-t", "tree", "-w", "--literally", join(root, "tree"))).trim();
    const commit = (await userGit(bad, "commit-tree", "-m", "bad", tree)).trim();
    await userGit(bad, "update-ref", "refs/heads/main", commit);
    const store = newStore();
    await expect(store.fetch(remote({ url: server.url("bad.git") }))).rejects.toMatchObject({ code: "GIT_FAILED" });
    expect(await store.resolve(commit)).toBe(null);
  });

  test("takes a thread's branch, never by force", async () => {
    const store = newStore();
    await store.fetch(remote());
    const main = await tip();
    const tree = (await userGit(store.threadsDir, "rev-parse", `${main}^{tree}`)).trim();
    const commit = (await userGit(store.threadsDir, "commit-tree", "-p", main, "-m", "of the thread", tree)).trim();
    const push = (to: Remote, what: string) => pushCommit(store, to, { branch: "heddle/t", commit: what });
    await push(remote(), commit);
    await push(remote(), commit);
    expect((await userGit(bare, "rev-parse", "heddle/t")).trim()).toBe(commit);
    const other = (await userGit(store.threadsDir, "commit-tree", "-p", main, "-m", "another", tree)).trim();
    await expect(push(remote(), other)).rejects.toMatchObject({ code: "NOT_FAST_FORWARD" });
    expect((await userGit(bare, "rev-parse", "heddle/t")).trim()).toBe(commit);
    const hook = join(bare, "hooks/update");
    await mkdir(join(bare, "hooks"), { recursive: true });
    // What a hostile server may do, here too: send back what it was sent.
    await writeFile(hook, `#!/bin/sh\necho Only Ada may. ${user.token} >&2\nexit 1\n`, { mode: 0o755 });
    const next = (await userGit(store.threadsDir, "commit-tree", "-p", commit, "-m", "next", tree)).trim();
    await expect(push(remote(), next)).rejects.toMatchObject({
      code: "PUSH_REJECTED",
      message: expect.stringMatching(/hook declined\. It says: Only Ada may\. \*\*\*$/),
    });
    await rm(hook);
    await expect(push(remote({ credential: null }), next)).rejects.toMatchObject({ code: "REMOTE_AUTH_FAILED" });
    expect(existsSync(join(store.threadsDir, "config.lock"))).toBe(false);
  });
});
