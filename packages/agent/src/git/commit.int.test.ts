import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkpoint } from "./checkpoint.ts";
import { type CommitOptions, commitThread } from "./commit.ts";
import { createProject, fingerprint, type TestProject, userGit } from "./testing/project.ts";
import { prepareWorktree } from "./worktree.ts";

describe("commitThread", () => {
  let project: TestProject;
  let base: string;
  let count = 0;

  beforeAll(async () => {
    project = await createProject({ "README.md": "# Sample\n", ".gitignore": "*.log\n", "src/a.txt": "a\n" });
    base = (await project.store.resolve("main")) ?? "";
  });
  afterAll(() => project.close());

  async function newThread() {
    const threadId = `thread-${++count}`;
    const thread = await project.open(threadId);
    const branch = `heddle/${threadId}`;
    const prepare = (headCommit?: string) =>
      prepareWorktree(thread.sandbox, project.store, { threadId, branch, baseCommit: base, headCommit });
    await prepare();
    const options: CommitOptions = {
      threadId,
      branch,
      parent: base,
      message: "Do it\n\nHeddle-Thread: 1\n",
      author: { name: "Ada <Lovelace>", email: "ada@example.org" },
      committedAt: new Date("2031-02-03T04:05:06.789Z"),
    };
    const commit = (given: Partial<CommitOptions> = {}) =>
      commitThread(thread.sandbox, project.store, { ...options, ...given });
    return { ...thread, threadId, branch, options, commit, prepare };
  }

  it("makes one commit of everything on the thread's branch, and a clean worktree", async () => {
    const { sh, commit, branch } = await newThread();
    await sh(
      "echo b >> src/a.txt; echo n > new.txt; git add -A; git commit -qm 'by the agent'; echo m > more.txt; rm README.md",
    );
    const made = await commit();
    const format = "--format=%an|%ae|%cn|%aI|%cI|%P|%B";
    expect(await project.threads("log", "-1", format, branch)).toBe(
      `Ada Lovelace|ada@example.org|Ada Lovelace|2031-02-03T04:05:06+00:00|2031-02-03T04:05:06+00:00|${base}|Do it\n\nHeddle-Thread: 1`,
    );
    expect(await project.threads("ls-tree", "-r", "--name-only", branch)).toBe(
      ".gitignore\nmore.txt\nnew.txt\nsrc/a.txt",
    );
    expect((await sh("git status --porcelain --branch; git rev-parse HEAD; git log --format=%s")).text).toBe(
      `## ${branch}\n${made.commit}\nDo it\nStart\n`,
    );
    await expect(commit({ parent: made.commit, committedAt: new Date() })).rejects.toMatchObject({
      code: "NOTHING_TO_COMMIT",
    });
    await sh("echo again >> new.txt");
    const next = await commit({ parent: made.commit, message: "Again", committedAt: new Date() });
    expect(await project.threads("log", "--format=%s", branch)).toBe("Again\nDo it\nStart");
    expect((await sh("git status --porcelain; git log -1 --format=%H")).text).toBe(`${next.commit}\n`);
  });

  it("refuses to commit nothing", async () => {
    const { sh, commit, branch } = await newThread();
    await sh("echo x > x.log; mkdir empty");
    await expect(commit()).rejects.toMatchObject({ code: "NOTHING_TO_COMMIT" });
    expect(await project.threads("for-each-ref", `refs/heads/${branch}`)).toBe("");
  });

  it("is the same commit when repeated, even if the files changed since", async () => {
    const { sh, commit, branch } = await newThread();
    await sh("echo 1 > one");
    const first = await commit();
    expect((await commit()).commit).toBe(first.commit);
    await sh("echo 2 > two; rm -rf .git");
    expect((await commit()).commit).toBe(first.commit);
    expect((await sh("git status --porcelain --branch")).text).toBe(`## ${branch}\n?? two\n`);
    expect(await project.threads("rev-list", "--count", `${base}..${branch}`)).toBe("1");
  });

  it("is completed by the next attempt after having been cut anywhere", async () => {
    for (const milliseconds of [1, 5, 10, 15, 20, 30, 40, 50, 70]) {
      const { sh, commit, branch, threadId } = await newThread();
      await sh("echo 1 > one; echo 2 > README.md");
      const cut = await commit({ signal: AbortSignal.timeout(milliseconds) }).catch(() => null);
      const made = await commit();
      if (cut !== null) expect(cut).toEqual(made);
      expect(await project.threads("rev-list", `${base}..${branch}`)).toBe(made.commit);
      expect((await sh("git status --porcelain --branch; git rev-parse HEAD")).text).toBe(
        `## ${branch}\n${made.commit}\n`,
      );
      expect(await fingerprint(`${project.store.threadsDir}/incoming`).catch(() => [])).not.toContain(threadId);
    }
  });

  it("puts the agent's repository in order in the middle of a merge, detached or on another branch", async () => {
    for (const state of [
      "git checkout -qb other; echo 2 > two; git commit -qam two --allow-empty",
      "git checkout -q --detach",
      "git checkout -qb side; echo s > README.md; git commit -qam s; git checkout -q -; echo t > README.md; git commit -qam t; git merge side",
    ]) {
      const { sh, commit, branch } = await newThread();
      await sh(`echo 1 > one; ${state}`);
      await commit();
      expect((await sh("git status --branch --porcelain; ls .git/MERGE_HEAD 2>/dev/null")).text).toBe(`## ${branch}\n`);
    }
  });

  it("lets an ordinary clone fetch the branch, whole", async () => {
    const { sh, commit, branch, threadId, sandbox } = await newThread();
    await sh("echo 1 > one");
    const { commit: recorded } = await checkpoint(sandbox, project.store, { threadId, parent: base, message: "step" });
    await sh("echo 2 > two");
    const made = await commit();
    await userGit(project.source, "fetch", "-q", project.store.threadsDir, branch);
    expect((await userGit(project.source, "rev-parse", "FETCH_HEAD")).trim()).toBe(made.commit);
    expect(await userGit(project.source, "ls-tree", "--name-only", "FETCH_HEAD")).toContain("two");
    await userGit(project.source, "fsck", "--strict");
    await project.threads("fsck", "--strict");
    expect(await project.threads("cat-file", "-t", recorded)).toBe("commit");
  });

  it("copes with names and messages that git dislikes", async () => {
    const { sh, commit, branch } = await newThread();
    await sh("echo 1 > one");
    await commit({ author: { name: " <>\n. ", email: "a b\n<c>" }, message: "\0Strange\n\n\n" });
    expect(await project.threads("log", "-1", "--format=%an|%ae|%B", branch)).toBe("Unknown|a bc|Strange");
  });
});
