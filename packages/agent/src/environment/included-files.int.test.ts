import { execFileSync } from "node:child_process";
import { chmod, chown, mkdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkpoint } from "../git/checkpoint.ts";
import {
  commitAll,
  createProject,
  type TestProject,
  type TestThread,
  userGit,
  writeFiles,
} from "../git/testing/project.ts";
import { prepareWorktree } from "../git/worktree.ts";
import { runsAsRoot } from "../sandbox/host-user.ts";
import { type Included, includeFiles } from "./included-files.ts";

let project: TestProject;
let thread: TestThread;

/** A source whose `.gitignore` leaves out `*.env`, `local/` and `big`, and a thread's worktree of its first commit. */
beforeEach(async () => {
  project = await createProject({ "README.md": "# Sample\n", ".gitignore": "*.env\nlocal/\nbig*\n" });
  thread = await openThread("t1");
});
afterEach(() => project.close());

async function openThread(threadId: string): Promise<TestThread> {
  const opened = await project.open(threadId);
  const baseCommit = (await project.store.resolve("main")) as string;
  await prepareWorktree(opened.sandbox, project.store, { threadId, branch: `heddle/${threadId}`, baseCommit });
  return opened;
}

function include(patterns: string | string[], maxBytes?: number): Promise<Included> {
  const { homeDir, source: sourcePath } = project;
  return includeFiles(thread.sandbox, { homeDir, sourcePath, patterns: [patterns].flat(), maxBytes });
}

const inTree = (path: string) => readFile(join(thread.tree, path), "utf8");

test("copies what git ignores and the patterns choose, with content and mode, and nothing else", async () => {
  await writeFiles(project.source, {
    "a.env": "A=1\n",
    "sub/ü b.env": "B=2\n",
    "secret.env": "no\n",
    "local/deep/x": "x\n",
    "untracked.txt": "not ignored\n",
  });
  await chmod(join(project.source, "a.env"), 0o600);
  const included = await include("*.env\n!secret.env\n/local/\n*.txt\nREADME.md\n");
  expect(included).toMatchObject({ from: "source", left: [] });
  expect(included).toHaveProperty(
    "copied",
    ["a.env", "local/deep/x", "sub/ü b.env"].map((path) => Buffer.from(path).toString("latin1")),
  );
  expect(await inTree("a.env")).toBe("A=1\n");
  expect(await inTree("sub/ü b.env")).toBe("B=2\n");
  expect((await stat(join(thread.tree, "a.env"))).mode & 0o777).toBe(0o600);
  const { text } = await thread.sh("ls -A; cat local/deep/x; test -w a.env && git status --short");
  expect(text).toBe(".git\n.gitignore\nREADME.md\na.env\nlocal\nsub\nx\n");
});

test("leaves what is there as it is, and puts nothing where a checkpoint would take it in", async () => {
  await writeFiles(project.source, { "a.env": "theirs\n", "b.env": "b\n" });
  await thread.sh("echo mine > a.env; sed -i /env/d .gitignore");
  expect(await include("*.env")).toMatchObject({
    copied: [],
    left: [
      { path: "a.env", why: "tracked" },
      { path: "b.env", why: "tracked" },
    ],
  });
  await thread.sh("git checkout .gitignore");
  expect(await include("*.env")).toMatchObject({ copied: ["b.env"], left: [] });
  expect(await inTree("a.env")).toBe("mine\n");
  const parent = (await project.store.resolve("main")) as string;
  const kept = await checkpoint(thread.sandbox, project.store, { threadId: "t1", parent, message: "x" });
  expect(kept.changed).toBe(false);
});

test("several files of patterns choose only what each of them does", async () => {
  await writeFiles(project.source, { "a.env": "a\n", "b.env": "b\n", "local/c": "c\n" });
  expect(await include(["*.env\nlocal/\n", "a.env\nlocal/c\n"])).toMatchObject({ copied: ["a.env", "local/c"] });
  expect(await include(["*", ""])).toMatchObject({ copied: [], left: [] });
});

describe("patterns and folders that mean harm", () => {
  test("reach nothing outside the source, by no way of writing", async () => {
    const outside = join(project.source, "../outside.env");
    await writeFile(outside, "secret\n");
    await writeFiles(project.source, { "a.env": "a\n" });
    const patterns = `../outside.env\n${outside}\n/../*\n../**\n..\n/etc/passwd\n**/passwd\n\\\n[\n!\n#\n${"*/".repeat(2_000)}\n`;
    expect(await include(patterns)).toMatchObject({ copied: [], left: [] });
  });

  test("links are not followed, wherever they stand", async () => {
    const outside = join(project.source, "../outside");
    await mkdir(outside);
    await writeFile(join(outside, "key.env"), "secret\n");
    await symlink(join(outside, "key.env"), join(project.source, "link.env"));
    await symlink(outside, join(project.source, "local"));
    expect(await include("*")).toMatchObject({ copied: [], left: [{ path: "link.env", why: "link" }] });
    expect((await thread.sh("find . -name '*.env' -o -name local")).text).toBe("");
  });

  test("a source that is exchanged for a link while it is copied shows nothing else of the host", async () => {
    const outside = join(project.source, "../outside");
    await writeFiles(outside, { "key.env": "secret\n" });
    await writeFiles(project.source, { "sub/key.env": "a\n" });
    let racing = true;
    const race = (async () => {
      const [sub, aside] = [join(project.source, "sub"), join(project.source, "aside")];
      while (racing) {
        await rename(sub, aside);
        await symlink(outside, sub);
        await rm(sub);
        await rename(aside, sub);
      }
    })();
    try {
      for (let round = 0; round < 10; round += 1) {
        await thread.sh("rm -rf sub");
        await include("*.env").catch(() => undefined);
        expect((await thread.sh("cat sub/key.env 2>/dev/null")).text).not.toContain("secret");
      }
    } finally {
      racing = false;
      await race;
    }
  });

  test("Heddle's own home is not there, even when it lies in the source", async () => {
    const homeDir = join(project.source, "local/heddle");
    await writeFiles(homeDir, { "secrets.json": "keys\n" });
    await writeFiles(project.source, { "local/a": "a\n" });
    const options = { homeDir, sourcePath: project.source, patterns: ["local/"] };
    expect(await includeFiles(thread.sandbox, options)).toMatchObject({ copied: ["local/a"] });
  });

  test("settings of the source run no program", async () => {
    const ran = join(project.source, "ran");
    const hook = join(project.source, "hook");
    await writeFile(hook, `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    for (const key of ["core.fsmonitor", "core.pager", "core.sshCommand", "filter.x.clean", "alias.ls-files"]) {
      await userGit(project.source, "config", key, key.startsWith("alias") ? `!${hook}` : hook);
    }
    await writeFiles(project.source, { "a.env": "a\n" });
    expect(await include("*.env")).toMatchObject({ copied: ["a.env"] });
    await expect(stat(ran)).rejects.toThrow("ENOENT");
  });

  test.runIf(runsAsRoot())("reads with the rights of the folder's owner", async () => {
    await writeFiles(project.source, { "a.env": "a\n", "b.env": "b\n" });
    execFileSync("chown", ["-R", "12345:12345", project.source]);
    await chown(join(project.source, "b.env"), 0, 0);
    await chmod(join(project.source, "b.env"), 0o600);
    expect(await include("*.env")).toMatchObject({ copied: ["a.env"], left: [{ path: "b.env", why: "unreadable" }] });
  });
});

test("patterns without end are not even tried", async () => {
  await expect(include("*.env\n".repeat(100_000))).rejects.toThrow("too long");
});

test("what is too large together is left out and named", async () => {
  await writeFiles(project.source, { "a.env": "12345", "b.env": "1234567890", "c.env": "12345" });
  await writeFile(join(project.source, "big"), "");
  await truncate(join(project.source, "big"), 2 ** 40);
  expect(await include("*", 12)).toMatchObject({
    copied: ["a.env", "c.env"],
    left: [
      { path: "b.env", why: "large" },
      { path: "big", why: "large" },
    ],
  });
});

describe("a source without files of its own", () => {
  test("that is gone, or no folder any more", async () => {
    await rename(project.source, `${project.source}-gone`);
    expect(await include("*")).toEqual({ from: "nowhere", why: "gone" });
  });

  test("that is bare", async () => {
    const bare = `${project.source}.git`;
    await userGit(project.source, "clone", "-q", "--bare", project.source, bare);
    const options = { homeDir: project.homeDir, sourcePath: bare, patterns: ["*"] };
    expect(await includeFiles(thread.sandbox, options)).toEqual({ from: "nowhere", why: "bare" });
  });
});

test("a linked worktree is as good as a repository of its own", async () => {
  const linked = `${project.source}-linked`;
  await userGit(project.source, "worktree", "add", "-q", linked);
  await commitAll(linked, "Here");
  await writeFiles(linked, { "a.env": "linked\n" });
  const options = { homeDir: project.homeDir, sourcePath: linked, patterns: ["*.env"] };
  expect(await includeFiles(thread.sandbox, options)).toMatchObject({ copied: ["a.env"] });
  expect(await inTree("a.env")).toBe("linked\n");
});
