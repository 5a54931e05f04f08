import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkpoint } from "./checkpoint.ts";
import { commitThread } from "./commit.ts";
import { runInside } from "./inside.ts";
import { openStore } from "./store.ts";
import { commitAll, createProject, fingerprint, type TestProject, userGit, writeFiles } from "./testing/project.ts";
import { prepareWorktree } from "./worktree.ts";
import { isPrepared, markUnprepared } from "./worktree-state.ts";

describe("prepareWorktree", () => {
  let project: TestProject;
  let base: string;
  let count = 0;

  beforeAll(async () => {
    project = await createProject({ "README.md": "# Sample\n", "src/a.txt": "a\n", "src/run.sh": "#!/bin/sh\n" });
    await userGit(project.source, "branch", "feature/x");
    await project.store.fetch(project.source);
    base = (await project.store.resolve("main")) ?? "";
  });
  afterAll(() => project.close());

  async function newThread() {
    const threadId = `thread-${++count}`;
    const thread = await project.open(threadId);
    const branch = `heddle/${threadId}`;
    const prepare = (given: { checkpoint?: string; headCommit?: string; moves?: number } = {}) =>
      prepareWorktree(thread.sandbox, project.store, { threadId, branch, baseCommit: base, ...given });
    await prepare();
    return { ...thread, threadId, branch, prepare };
  }

  it("gives the agent a repository that works: branch, identity, upstream's branches, a clean status", async () => {
    const { sh, branch, tree } = await newThread();
    const { text } = await sh(`git status --porcelain --branch; git config user.name; git rev-parse HEAD
      git for-each-ref --format='%(refname) %(symref)'; git switch -q feature/x && git branch --show-current`);
    expect(text.split("\n")).toEqual([
      `## ${branch}`,
      "Heddle agent",
      base,
      `refs/heads/${branch} `,
      "refs/remotes/origin/HEAD refs/remotes/origin/main",
      "refs/remotes/origin/feature/x ",
      "refs/remotes/origin/main ",
      "feature/x",
      "",
    ]);
    expect(await fingerprint(join(tree, "src"))).toHaveLength(3);
  });

  it("shows no objects but upstream's and the thread's own", async () => {
    const other = await newThread();
    await other.sh("echo secret of another > private.txt");
    const { commit } = await checkpoint(other.sandbox, project.store, {
      threadId: other.threadId,
      parent: base,
      message: "private",
    });
    const { sh } = await newThread();
    expect((await sh("git log --all --format=%H")).text.trim()).toBe(base);
    const listed = (await sh("echo own | git hash-object -w --stdin; git cat-file --batch-all-objects --batch-check"))
      .text;
    const upstream = await userGit(project.store.upstreamDir, "cat-file", "--batch-all-objects", "--batch-check");
    const own = listed
      .split("\n")
      .slice(1)
      .filter((line) => !upstream.includes(line));
    expect(own).toHaveLength(1);
    expect((await sh(`git cat-file -e ${commit}`)).exitCode).not.toBe(0);
    expect((await sh("ls /heddle /heddle/upstream")).text).not.toContain("threads");
  });

  it("keeps what the agent has, and follows upstream's branches", async () => {
    const { sh, prepare } = await newThread();
    await sh("git checkout -qb mine; echo x > x; git add x; git commit -qm mine; echo y > y");
    await userGit(project.source, "branch", "-D", "feature/x");
    await userGit(project.source, "branch", "feature");
    await project.store.fetch(project.source);
    await prepare();
    expect((await sh("git log -1 --format=%s; git status --porcelain; git branch -r")).text).toBe(
      "mine\n?? y\n  origin/HEAD -> origin/main\n  origin/feature\n  origin/main\n",
    );
    await userGit(project.source, "branch", "-D", "feature");
    await userGit(project.source, "branch", "feature/x");
    await project.store.fetch(project.source);
    await prepare();
    expect((await sh("git branch -r")).text).toContain("origin/feature/x");
  });

  it.each([
    ["removed .git", "rm -rf .git"],
    ["replaced .git by a file", "rm -rf .git; echo gitdir: /nowhere > .git"],
    ["replaced .git by a link", "mv .git /tmp/moved; ln -s /tmp/moved .git"],
    ["broke HEAD", "echo garbage > .git/HEAD"],
    ["broke the index", "echo garbage > .git/index"],
    ["broke the configuration", "echo '[broken' > .git/config"],
    ["left locks", "touch .git/index.lock .git/HEAD.lock .git/config.lock .git/refs/heads/heddle.lock"],
    ["removed the objects", "rm -rf .git/objects"],
    ["pointed the alternates elsewhere", "echo /tmp > .git/objects/info/alternates"],
    ["deleted the branch", "git checkout -q --orphan void; git branch -D heddle/thread-$N"],
    ["made everything unreadable", "chmod -R a-rwx .git"],
    ["broke our notes", "rm -rf ~/.heddle; touch ~/.heddle"],
    [
      "planted a hook and removed the index",
      "rm .git/index; h=.git/hooks/reference-transaction; printf '#!/bin/sh\nexit 1' > $h; chmod +x $h; rm -f $h.lock",
    ],
  ])("repairs when the agent %s, and keeps the files", async (_, damage) => {
    const { sh, prepare, branch } = await newThread();
    await sh(`echo changed > README.md; echo new > new.txt; mkdir -p .git/hooks; export N=${count}; ${damage}`);
    await prepare();
    const { text } = await sh(
      "rm -rf .git/hooks; git status --porcelain --branch; git commit -qam ok && git log --format=%s; find .git -name '*.lock'",
    );
    expect(text).toBe(`## ${branch}\n M README.md\n?? new.txt\nok\nStart\n`);
  });

  it("brings the thread's commits back into a new repository", async () => {
    const { sh, prepare, threadId, branch, sandbox } = await newThread();
    const commit = async (parent: string, message: string) => {
      await sh(`echo ${message} > ${message}`);
      const author = { name: "A", email: "a@b" };
      const options = { threadId, branch, parent, message, author, committedAt: new Date() };
      return (await commitThread(sandbox, project.store, options)).commit;
    };
    const first = await commit(base, "one");
    const second = await commit(first, "two");
    await sh("rm -rf .git");
    await prepare({ headCommit: second });
    expect((await sh("git status --porcelain --branch; git log --format=%s; git fsck --no-dangling")).text).toBe(
      `## ${branch}\ntwo\none\nStart\n`,
    );
  });

  it("makes the files again from the last checkpoint when they are gone, half made or another folder", async () => {
    const { sh, prepare, threadId, sandbox, tree, branch } = await newThread();
    await sh("echo 1 > README.md; echo 2 > untracked; chmod +x src/a.txt; mkdir hole");
    const { commit } = await checkpoint(sandbox, project.store, { threadId, parent: base, message: "m" });
    const files = () => fingerprint(tree, (path) => path === ".git");
    const before = await files();

    await sh("rm -rf /workspace/* /workspace/.[!.]*");
    await prepare({ checkpoint: commit });
    expect(await files()).toEqual(before);

    await markUnprepared(project.store, threadId);
    await sh("rm README.md; echo half > half; chmod 000 src; rm -rf .git");
    await prepare({ checkpoint: commit });
    expect(await files()).toEqual(before);
    expect((await sh("git status --porcelain --branch")).text).toBe(
      `## ${branch}\n M README.md\n M src/a.txt\n?? untracked\n`,
    );

    await sandbox.close();
    await rm(project.store.worktreeDir(threadId), { recursive: true });
    const again = await project.open(threadId);
    await prepareWorktree(again.sandbox, project.store, { threadId, branch, baseCommit: base, checkpoint: commit });
    expect(await files()).toEqual(before);
  });

  it("takes files that stayed behind when the thread left this host for old ones, ignored files too", async () => {
    const { sh, prepare, threadId, sandbox, tree } = await newThread();
    await sh("echo 1 > README.md; mkdir hole");
    const { commit } = await checkpoint(sandbox, project.store, { threadId, parent: base, message: "m" });
    const files = () => fingerprint(tree, (path) => path === ".git");
    const before = await files();
    await sh("echo 2 > README.md; echo own > .git/info/exclude; echo old > own; git commit -qam own");
    await prepare({ checkpoint: commit, moves: 0 });
    expect(await files()).not.toEqual(before);
    await prepare({ checkpoint: commit, moves: 2 });
    expect(await files()).toEqual(before);
    expect((await sh("git log --format=%s; git status --porcelain")).text).toBe("Start\n M README.md\n");
    await sh("echo 3 > README.md");
    await prepare({ checkpoint: commit, moves: 2 });
    expect((await sh("cat README.md")).text).toBe("3\n");
  });

  it("keeps files whose file system has another number since the machine was started again", async () => {
    const { sh, prepare, threadId } = await newThread();
    await sh("echo own > .git/info/exclude; echo kept > own");
    const marker = join(project.store.worktreeDir(threadId), "prepared");
    const mark = await readFile(marker, "utf8");
    await writeFile(
      marker,
      mark.replace(/^\d+/, (device) => String(Number(device) + 1)),
    );
    expect(await isPrepared(project.store, threadId, 0)).toBe(true);
    await prepare();
    expect((await sh("cat own")).text).toBe("kept\n");
  });

  it("completes after having been killed anywhere", async () => {
    const { sh, branch, threadId, tree, sandbox } = await newThread();
    const options = { threadId, branch, baseCommit: base };
    for (const milliseconds of [2, 5, 8, 12, 16, 20, 25, 30, 40]) {
      await markUnprepared(project.store, threadId);
      const cut = AbortSignal.timeout(milliseconds);
      await prepareWorktree(sandbox, project.store, { ...options, signal: cut }).catch(() => {});
      await prepareWorktree(sandbox, project.store, options);
      expect((await sh("git status --porcelain --branch; git log --format=%s; find .git -name '*.lock'")).text).toBe(
        `## ${branch}\nStart\n`,
      );
      expect(await fingerprint(join(tree, "src"))).toHaveLength(3);
    }
  });

  it("refuses commits that the store does not have", async () => {
    const { sandbox } = await project.open("unknown");
    const options = { threadId: "unknown", branch: "b", baseCommit: "1".repeat(40) };
    await expect(prepareWorktree(sandbox, project.store, options)).rejects.toMatchObject({ code: "REF_NOT_FOUND" });
  });

  it("works on a shallow project", async () => {
    await writeFiles(project.source, { more: "1\n" });
    await commitAll(project.source, "Second");
    const source = join(project.homeDir, "shallow-source");
    await userGit(project.homeDir, "clone", "-q", "--depth=1", `file://${project.source}`, source);
    const store = openStore(project.homeDir, "shallow");
    await store.fetch(source);
    const baseCommit = (await store.resolve("main")) ?? "";
    const worktreeDir = store.worktreeDir("shallow");
    const sandbox = await project.sandboxes.open({ threadId: "shallow", worktreeDir, upstreamDir: store.upstreamDir });
    await prepareWorktree(sandbox, store, { threadId: "shallow", branch: "heddle/s", baseCommit });
    const log = await runInside(sandbox, "cd /workspace; git log --format=%s; echo x > x", []);
    expect(log).toMatchObject({ stdout: "Second\n", exitCode: 0 });
    const made = await checkpoint(sandbox, store, { threadId: "shallow", parent: baseCommit, message: "m" });
    expect(await userGit(store.threadsDir, "log", "--format=%s", made.commit)).toBe("m\nSecond\n");
  });
});
