import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { pushCommit } from "../push.ts";
import { openStore } from "../store.ts";
import { commitAll, userGit, writeFiles } from "../testing/project.ts";
import type { Remote } from "./remote.ts";
import { makeSshKey, publicKeyOf } from "./ssh-keys.ts";
import { type GitSshServer, startGitSsh } from "./testing/ssh-server.ts";

const key = makeSshKey("heddle");
let root: string;
let homeDir: string;
let work: string;
let server: GitSshServer;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "heddle-over-ssh-"));
  [homeDir, work] = [join(root, "home"), join(root, "work")];
  for (const dir of [homeDir, work, join(root, "tmp")]) await mkdir(dir);
  vi.stubEnv("TMPDIR", join(root, "tmp"));
  await userGit(work, "init", "-q", "-b", "main");
  // Enough that both directions have to wait for each other.
  await writeFiles(work, {
    "README.md": "# Shop\n",
    large: Buffer.from(Array.from({ length: 3e6 }, () => Math.random() * 256)),
  });
  await commitAll(work, "one");
  await userGit(root, "clone", "-q", "--bare", work, "shop.git");
  server = await startGitSsh(root, key.publicKey);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(root, { recursive: true, force: true });
});

const newStore = () => openStore(homeDir, `store-${++count}`);
const remote = (changes: Partial<Remote> = {}): Remote => ({
  url: `ssh://git@localhost:${server.port}/shop.git`,
  scheme: "ssh",
  host: "localhost",
  port: server.port,
  user: "git",
  credential: { kind: "key", privateKey: key.privateKey },
  hostKey: server.hostKey,
  allowPrivate: (host) => host === "localhost",
  ...changes,
});

describe("a repository at an ssh address", () => {
  test("is fetched with a key, and takes a thread's branch", async () => {
    const store = newStore();
    expect(await store.fetch(remote())).toEqual({ defaultBranch: "main" });
    const main = (await userGit(work, "rev-parse", "main")).trim();
    expect(await store.resolve("main")).toBe(main);
    const tree = (await userGit(store.threadsDir, "rev-parse", `${main}^{tree}`)).trim();
    const make = async (message: string) =>
      (await userGit(store.threadsDir, "commit-tree", "-p", main, "-m", message, tree)).trim();
    const commit = await make("of the thread");
    await pushCommit(store, remote(), { branch: "heddle/t", commit });
    expect((await userGit(join(root, "shop.git"), "rev-parse", "heddle/t")).trim()).toBe(commit);
    await expect(
      pushCommit(store, remote(), { branch: "heddle/t", commit: await make("other") }),
    ).rejects.toMatchObject({ code: "NOT_FAST_FORWARD" });
    expect(server.commands[0]).toBe("git-upload-pack '/shop.git'");
    expect(readdirSync(join(root, "tmp"))).toEqual([]);
  });

  test("proves nothing to a server whose key nobody has confirmed, or whose key is another one", async () => {
    server.callers.length = 0;
    await expect(newStore().fetch(remote({ hostKey: null }))).rejects.toMatchObject({
      code: "HOST_KEY_UNKNOWN",
      offered: server.hostKey,
    });
    const other = publicKeyOf(makeSshKey("other").privateKey);
    await expect(newStore().fetch(remote({ hostKey: other }))).rejects.toMatchObject({
      code: "HOST_KEY_CHANGED",
      offered: server.hostKey,
    });
    expect(server.callers).toEqual([]);
  });

  test("says what is wrong", async () => {
    const fetch = (changes: Partial<Remote>) => newStore().fetch(remote(changes));
    await expect(fetch({ credential: null })).rejects.toMatchObject({ code: "REMOTE_AUTH_FAILED" });
    const credential = { kind: "key", privateKey: makeSshKey("stranger").privateKey } as const;
    await expect(fetch({ credential })).rejects.toMatchObject({ code: "REMOTE_AUTH_FAILED" });
    const absent = `ssh://git@localhost:${server.port}/absent.git`;
    await expect(fetch({ url: absent })).rejects.toMatchObject({ code: "REMOTE_NOT_FOUND" });
    await expect(fetch({ url: "ssh://git@localhost:1/x", port: 1 })).rejects.toMatchObject({
      code: "REMOTE_UNREACHABLE",
    });
    await expect(fetch({ allowPrivate: () => false })).rejects.toMatchObject({ code: "ADDRESS_NOT_ALLOWED" });
  });

  test("can be given up while the server is silent", async () => {
    const stop = new AbortController();
    const fetch = newStore().fetch(remote(), { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(fetch).rejects.toMatchObject({ code: "ABORTED" });
  });
});

test("a pasted key is read with its passphrase only", () => {
  expect(publicKeyOf(key.privateKey)).toBe(key.publicKey.split(" ").slice(0, 2).join(" "));
  expect(publicKeyOf("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----")).toBe(null);
  expect(publicKeyOf(key.publicKey)).toBe(null);
  expect(publicKeyOf("")).toBe(null);
});
