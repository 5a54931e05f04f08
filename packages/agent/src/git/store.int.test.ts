import { chmod, chown, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "./store.ts";
import { commitAll, createProject, fingerprint, type TestProject, userGit, writeFiles } from "./testing/project.ts";

const isRoot = process.getuid?.() === 0;

describe("a project's store", () => {
  let project: TestProject;
  let count = 0;
  const newStore = () => openStore(project.homeDir, `store-${++count}`);

  beforeAll(async () => {
    project = await createProject();
  });
  afterAll(() => project.close());

  async function newSource(...init: string[]): Promise<string> {
    const source = join(project.homeDir, `source-${++count}`);
    await mkdir(source);
    await userGit(source, "init", "-q", "-b", "main", ...init);
    return source;
  }

  it("follows the source's branches: new, moved, forced, deleted, renamed into folders", async () => {
    const source = await newSource();
    const first = await commitAll(source, "one");
    await userGit(source, "branch", "topic");
    const store = newStore();
    expect(await store.fetch(source)).toEqual({ defaultBranch: "main" });
    expect(await store.branches()).toMatchObject([
      { name: "main", commit: first },
      { name: "topic", commit: first },
    ]);
    await userGit(source, "checkout", "-q", "--orphan", "new-main");
    const forced = await commitAll(source, "rewritten");
    await userGit(source, "branch", "-M", "new-main", "main");
    await userGit(source, "branch", "-D", "topic");
    await userGit(source, "branch", "topic/a");
    await store.fetch(source);
    expect((await store.branches()).map(({ name, commit }) => [name, commit])).toEqual([
      ["main", forced],
      ["topic/a", forced],
    ]);
    expect(await store.resolve(first)).toBe(first);
    expect(await store.resolve("topic/a")).toBe(forced);
    for (const ref of ["topic", "", "--all", "HEAD^{/x}", "a\0b", "main..topic", "1".repeat(40), "../main"])
      expect(await store.resolve(ref)).toBe(null);
  });

  it("gives a source nothing of other projects, whatever it borrows from", async () => {
    const secret = await newSource();
    const commit = await commitAll(secret, "another workspace's");
    const other = newStore();
    await other.fetch(secret);
    const byAlternates = await newSource();
    await writeFile(join(byAlternates, ".git/objects/info/alternates"), join(other.upstreamDir, "objects"));
    await writeFile(join(byAlternates, ".git/refs/heads/main"), commit);
    const byCommonFolder = await newSource();
    await writeFile(join(byCommonFolder, ".git/commondir"), other.upstreamDir);
    const byLink = await newSource();
    await rm(join(byLink, ".git/objects"), { recursive: true });
    await symlink(join(other.upstreamDir, "objects"), join(byLink, ".git/objects"));
    await writeFile(join(byLink, ".git/refs/heads/main"), commit);
    for (const source of [byAlternates, byCommonFolder, byLink]) {
      const store = newStore();
      await expect(store.fetch(source), source).rejects.toThrow();
      expect(await store.resolve(commit)).toBe(null);
    }
  });

  it("never writes to the source", async () => {
    const source = await newSource();
    await writeFiles(source, { a: "1\n" });
    await commitAll(source, "one");
    await writeFiles(source, { a: "2\n", untracked: "u\n" });
    await userGit(source, "worktree", "add", "-q", join(project.homeDir, `linked-${count}`), "-b", "linked");
    const before = await fingerprint(source);
    const store = newStore();
    await store.fetch(source);
    await store.fetch(join(project.homeDir, `linked-${count - 1}`));
    await store.branches();
    expect(await fingerprint(source)).toEqual(before);
  });

  it("takes linked worktrees (their branch is the default), bare, shallow and detached repositories", async () => {
    const source = await newSource();
    await commitAll(source, "one");
    const tip = await commitAll(source, "two");
    const linked = join(project.homeDir, "linked");
    await userGit(source, "worktree", "add", "-q", linked, "-b", "side");
    expect(await newStore().fetch(linked)).toEqual({ defaultBranch: "side" });
    const bare = join(project.homeDir, "bare.git");
    await userGit(source, "clone", "-q", "--bare", source, bare);
    expect(await newStore().fetch(bare)).toEqual({ defaultBranch: "main" });
    await userGit(source, "checkout", "-q", "--detach");
    expect(await newStore().fetch(source)).toEqual({ defaultBranch: "main" });

    const shallow = join(project.homeDir, "shallow");
    await userGit(project.homeDir, "clone", "-q", "--depth=1", `file://${source}`, shallow, "--branch=main");
    const store = newStore();
    await store.fetch(shallow);
    await store.fetch(shallow);
    const log = async () => (await userGit(store.threadsDir, "log", "--format=%s", tip)).trim();
    expect(await log()).toBe("two");
    await userGit(shallow, "fetch", "-q", "--unshallow");
    await store.fetch(shallow);
    expect(await log()).toBe("two\none");
  });

  it("says what is wrong with a source", async () => {
    const store = newStore();
    const fetch = (path: string) => store.fetch(path);
    await expect(fetch(join(project.homeDir, "nowhere"))).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
    await expect(fetch("relative")).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
    await expect(fetch(join(project.source, "README.md"))).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
    await mkdir(join(project.homeDir, "plain"));
    await expect(fetch(join(project.homeDir, "plain"))).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
    await mkdir(join(project.source, "folder"));
    await expect(fetch(join(project.source, "folder"))).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
    const empty = await newSource();
    await expect(fetch(empty)).rejects.toMatchObject({ code: "EMPTY_REPOSITORY" });
    const source = await newSource();
    await commitAll(source, "one");
    await fetch(source);
    await rename(source, `${source}-moved`);
    await expect(fetch(source)).rejects.toMatchObject({ code: "SOURCE_VANISHED" });
    expect(await store.branches()).toHaveLength(1);
    await expect(store.fetch(project.source, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ABORTED",
    });
    expect(() => openStore(project.homeDir, "../x")).toThrow(TypeError);
  });

  it.runIf(isRoot)("reads a repository of another user", async () => {
    const source = await newSource();
    const tip = await commitAll(source, "one");
    for (const path of ["", ...(await readdir(source, { recursive: true }))])
      await chown(join(source, path), 65534, 65534);
    await chmod(source, 0o700);
    const store = newStore();
    await store.fetch(source);
    expect(await store.resolve("main")).toBe(tip);
  });

  it.skipIf(isRoot)("says that a folder may not be read", async () => {
    const source = await newSource();
    await chmod(source, 0o000);
    await expect(newStore().fetch(source)).rejects.toMatchObject({ code: "PATH_NOT_READABLE" });
    await chmod(source, 0o700);
  });

  it("runs nothing that the source has configured", async () => {
    const source = await newSource();
    await commitAll(source, "one");
    const marker = join(project.homeDir, "ran");
    await writeFile(join(source, "evil"), `#!/bin/sh\ntouch ${marker}\nexec "$@"\n`, { mode: 0o755 });
    for (const key of ["uploadpack.packObjectsHook", "core.fsmonitor", "core.sshCommand", "core.alternateRefsCommand"])
      await userGit(source, "config", key, join(source, "evil"));
    await newStore().fetch(source);
    expect(await readdir(project.homeDir)).not.toContain("ran");
  });

  it("removes the locks of a git that was killed, and leaves none", async () => {
    const source = await newSource();
    await commitAll(source, "one");
    const store = newStore();
    await store.fetch(source);
    const left = [
      "refs/remotes/origin/main.lock",
      "packed-refs.lock",
      "config.lock",
      "shallow.lock",
      "objects/pack/tmp_pack_x",
    ];
    for (const path of left) await writeFile(join(store.upstreamDir, path), "");
    await commitAll(source, "two");
    await store.fetch(source);
    const paths = await readdir(store.upstreamDir, { recursive: true });
    expect(paths.filter((path) => /\.lock$|tmp_/.test(path))).toEqual([]);
  });

  it("is completed after having been cut anywhere, and by many at once", async () => {
    const source = await newSource();
    await writeFiles(source, Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`f${n}`, `${n}\n`])));
    const tip = await commitAll(source, "many");
    for (const milliseconds of [1, 5, 10, 20, 30, 40, 60]) {
      const store = newStore();
      await store.fetch(source, { signal: AbortSignal.timeout(milliseconds) }).catch(() => {});
      await Promise.all([1, 2, 3].map(() => store.fetch(source)));
      expect(await store.resolve("main")).toBe(tip);
      await userGit(store.upstreamDir, "fsck", "--strict");
      await rm(store.upstreamDir, { recursive: true });
    }
  });
});
