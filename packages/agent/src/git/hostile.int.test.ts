import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkpoint } from "./checkpoint.ts";
import { commitThread } from "./commit.ts";
import { diff } from "./read.ts";
import { createProject, type TestProject, type TestThread, userGit } from "./testing/project.ts";
import { prepareWorktree } from "./worktree.ts";

/*
 * Everything here leaves a marker when it runs, at a path that both sides can write: inside, /tmp is the thread's own, so a
 * marker in the host's /tmp means that the host ran what the agent wrote.
 */
const filter = `git config filter.x.clean "$E"; git config filter.x.smudge "$E"; echo '* filter=x' > .gitattributes`;

describe("what an agent plants", () => {
  let project: TestProject;
  let base: string;
  let count = 0;

  beforeAll(async () => {
    project = await createProject({ "README.md": "# Sample\n", "a.txt": "a\n" });
    base = (await project.store.resolve("main")) ?? "";
  });
  afterAll(() => project.close());

  async function exercise(plant: string): Promise<TestThread & { outside: string; marks(): Promise<string> }> {
    const threadId = `thread-${++count}`;
    const branch = `heddle/${threadId}`;
    const thread = await project.open(threadId);
    const worktree = { threadId, branch, baseCommit: base };
    await prepareWorktree(thread.sandbox, project.store, worktree);
    const marker = `/tmp/${project.homeDir.split("/").at(-2)}-${threadId}`;
    await thread.sh(`E='touch ${marker}; cat'; printf '#!/bin/sh\\n%s\\n' "$E" > hook; chmod +x hook; mkdir -p .git/hooks
      ${plant}
      echo changed >> a.txt; echo new > new.txt`);
    const { sandbox } = thread;
    const options = { threadId, parent: base, message: "m" };
    const { commit } = await checkpoint(sandbox, project.store, options);
    await prepareWorktree(sandbox, project.store, { ...worktree, checkpoint: commit });
    const author = { name: "A", email: "a@b" };
    const made = await commitThread(sandbox, project.store, { ...options, branch, author, committedAt: new Date() });
    expect((await diff(project.store.threadsDir, base, made.commit)).length).toBeGreaterThan(1);
    return { ...thread, outside: marker, marks: async () => (await thread.sh(`ls ${marker} 2>/dev/null`)).text };
  }

  it.each([
    [
      "hooks",
      "for h in pre-commit post-checkout post-index-change reference-transaction post-commit; do cp hook .git/hooks/$h; done",
    ],
    [
      "hooks path",
      "mkdir h; cp hook h/post-index-change; cp hook h/reference-transaction; git config core.hooksPath h",
    ],
    ["clean and smudge filters", filter],
    ["filter process", `git config filter.x.process "$E"; echo '* filter=x' > .gitattributes`],
    ["fsmonitor", `git config core.fsmonitor "$E"`],
    [
      "textconv and external diff",
      `git config diff.x.textconv "$E"; git config diff.x.command "$E"; git config diff.external "$E"; echo '* diff=x' > .gitattributes`,
    ],
    ["global configuration", filter.replaceAll("git config", "git config --global")],
    [
      "pager, editor, ssh, askpass, signing",
      `for k in core.pager core.editor core.sshCommand core.askPass gpg.program; do git config $k "$E"; done; git config commit.gpgSign true`,
    ],
    [
      "nested repository with a filter",
      `git init -q sub; cd sub; echo f > f; git config core.fsmonitor "$E"; ${filter}; cd ..`,
    ],
    [
      "nested repository whose git directory is elsewhere",
      `git init -q --separate-git-dir=elsewhere sub; git -C sub config core.fsmonitor "$E"; echo f > sub/f`,
    ],
    [
      "include of a hostile configuration",
      `git config include.path ../evil.config; git config -f evil.config core.fsmonitor "$E"`,
    ],
  ])("does not run on the host: %s", async (_, plant) => {
    const { outside } = await exercise(plant);
    expect(existsSync(outside)).toBe(false);
  });

  it("would run if the host's git looked at the worktree", async () => {
    const { marks, outside, tree } = await exercise(`${filter}; git add a.txt`);
    expect(await marks()).toContain("/tmp/");
    expect(existsSync(outside)).toBe(false);
    await userGit(tree, "-c", "safe.directory=*", "hash-object", "a.txt");
    expect(existsSync(outside)).toBe(true);
    await rm(outside);
  });

  it("cannot make the store give it another thread's objects", async () => {
    const secret = await project.open("secret");
    const worktree = { threadId: "secret", branch: "heddle/secret", baseCommit: base };
    await prepareWorktree(secret.sandbox, project.store, worktree);
    await secret.sh("mkdir private; echo the other one > private/secret.txt");
    const options = { threadId: "secret", parent: base, message: "m" };
    const { commit } = await checkpoint(secret.sandbox, project.store, options);
    const tree = await project.threads("rev-parse", `${commit}^{tree}`);
    const subtree = await project.threads("rev-parse", `${commit}:private`);
    const blob = await project.threads("rev-parse", `${commit}:private/secret.txt`);

    const { sandbox } = await project.open("thief");
    const thief = { threadId: "thief", branch: "heddle/thief", baseCommit: base };
    await prepareWorktree(sandbox, project.store, thief);
    await checkpoint(sandbox, project.store, { threadId: "thief", parent: base, message: "m" });
    // The agent cannot change git, but the scripts talk over stdout: play the part of a git that lies.
    const claims = [
      `printf '%s 0\\n' ${tree}`,
      `printf '%s 0\\n' ${tree}; printf '' | git pack-objects --stdout -q`,
      `t=$(printf '100644 blob ${blob}\\tx\\n' | git mktree --missing); printf '%s 0\\n' $t; echo $t | git pack-objects --stdout -q`,
      `t=$(printf '040000 tree ${subtree}\\tx\\n' | git mktree --missing); printf '%s 0\\n' $t; echo $t | git pack-objects --stdout -q`,
      "printf garbage",
      `printf '%s 0\\nPACKgarbage' ${"1".repeat(40)}`,
      `printf '%s 9999999\\n' ${tree}`,
      "",
    ];
    for (const claim of claims) {
      const liar = {
        ...sandbox,
        exec: (request: Parameters<typeof sandbox.exec>[0]) =>
          sandbox.exec({ ...request, cwd: "/workspace", argv: ["bash", "-c", claim] }),
      };
      const attempt = checkpoint(liar, project.store, { threadId: "thief", parent: base, message: "m" });
      await expect(attempt).rejects.toMatchObject({ code: "SNAPSHOT_REFUSED" });
    }
    expect(await project.threads("for-each-ref", "refs/heddle/threads/thief")).toBe("");
    expect(await readdir(join(project.store.threadsDir, "incoming"))).toEqual([]);
  });
});
