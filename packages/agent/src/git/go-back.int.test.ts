import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkpoint } from "./checkpoint.ts";
import { goBack } from "./go-back.ts";
import { createProject, fingerprint, type TestProject } from "./testing/project.ts";
import { prepareWorktree } from "./worktree.ts";

describe("goBack", () => {
  let project: TestProject;
  let base: string;
  let count = 0;

  beforeAll(async () => {
    project = await createProject({ "README.md": "# Sample\n", ".gitignore": "*.log\nbuild/\n", "src/a.txt": "a\n" });
    base = (await project.store.resolve("main")) ?? "";
  });
  afterAll(() => project.close());

  const filesOf = (tree: string) => fingerprint(tree, (path) => path.split("/").includes(".git"));

  /** A thread with one checkpoint, `first`, made by the given commands, and one of all that was done since. */
  async function newThread(setUp: string) {
    const threadId = `back-${++count}`;
    const thread = await project.open(threadId);
    await prepareWorktree(thread.sandbox, project.store, {
      threadId,
      branch: `b/${threadId}`,
      baseCommit: base,
      moves: 0,
    });
    const record = async (parent: string) => {
      const made = await checkpoint(thread.sandbox, project.store, { threadId, parent, message: "Step" });
      if (made.changed) await made.pack.close();
      return made.commit;
    };
    await thread.sh(setUp);
    const first = await record(base);
    const before = await filesOf(thread.tree);
    const back = (from: string, to = first) => goBack(thread.sandbox, project.store, { threadId, from, to });
    return { ...thread, record, first, before, back };
  }

  it("brings every kind of file back byte for byte, and takes away what came since", async () => {
    const { sh, tree, first, before, back, record } = await newThread(String.raw`set -e
      printf x > $'new\nline'; printf x > $'not-utf8-\xff\xfe'; printf x > -rf; printf x > '*'; mkdir -p d/e hollow
      : > empty; printf 'a\0b\r\n' > bytes; head -c 300000 /dev/urandom > random; chmod 755 random
      ln -s README.md link; ln -s missing broken; echo f > d/e/f; echo g > becomes-folder; mkdir becomes-file; echo h > becomes-file/h`);
    await sh(String.raw`set -e
      rm -f link $'new\nline' bytes; echo other > random; chmod 644 random; ln -s src link; mv d/e d/moved; rmdir hollow
      rm becomes-folder; mkdir becomes-folder; echo 1 > becomes-folder/1; rm -r becomes-file; echo 2 > becomes-file
      mkdir -p new/deep; echo n > new/deep/n; git init -q new/nested; echo i > new/nested/i; rm README.md`);
    const last = await record(first);
    await back(last);
    expect((await filesOf(tree)).filter((line) => !line.startsWith("new/"))).toEqual(before);
    expect(await filesOf(`${tree}/new`).catch(() => [])).not.toContainEqual(expect.stringMatching(/ /));
    expect(await project.threads("rev-parse", `${await record(last)}^{tree}`)).toBe(
      await project.threads("rev-parse", `${first}^{tree}`),
    );
  });

  it("leaves ignored files and the agent's repository alone", async () => {
    const { sh, first, back, record } = await newThread("echo 1 > one");
    await sh("mkdir build; echo o > build/o; echo l > x.log; git add one; git commit -qm 'By the agent'; echo 2 > two");
    const { text: head } = await sh("git rev-parse HEAD");
    const last = await record(first);
    await back(last, base);
    const { text } = await sh("cat build/o x.log; ls; git rev-parse HEAD; git status --short");
    expect(text).toBe(`o\nl\nREADME.md\nbuild\nsrc\nx.log\n${head} D one\n`);
  });

  it("may be repeated after it was cut off half-way", async () => {
    const { sh, tree, first, before, back, record } = await newThread(
      "echo 1 > one; echo 2 > two; mkdir d; echo 3 > d/three",
    );
    await sh("rm one; echo changed > two; rm -r d; echo n > new; echo m > more");
    const last = await record(first);
    await sh('echo 1 > one; rm new; mkdir d; touch "$HOME/.heddle/snapshots.git/index.lock"');
    await back(last);
    expect(await filesOf(tree)).toEqual(before);
    await back(last);
    expect(await filesOf(tree)).toEqual(before);
  });

  it("goes through folders that nobody may write to", async () => {
    const { sh, tree, first, before, back, record } = await newThread("mkdir d; echo 1 > d/one");
    await sh("echo 2 > d/one; echo 3 > d/two; chmod 555 d");
    await back(await record(first));
    expect(await filesOf(tree)).toEqual(before);
  });

  it("says so when the checkpoint is not there", async () => {
    const { first, back } = await newThread("echo 1 > one");
    await expect(back(first, "0".repeat(40))).rejects.toMatchObject({ code: "REF_NOT_FOUND" });
  });
});
