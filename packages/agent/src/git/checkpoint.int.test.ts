import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CheckpointOptions, checkpoint } from "./checkpoint.ts";
import {
  commitAll,
  createProject,
  fingerprint,
  type TestProject,
  type TestThread,
  userGit,
  writeFiles,
} from "./testing/project.ts";
import { prepareWorktree } from "./worktree.ts";

describe("checkpoint", () => {
  let project: TestProject;
  let base: string;
  let count = 0;

  beforeAll(async () => {
    project = await createProject({ "README.md": "# Sample\n", ".gitignore": "*.log\nbuild/\n", "src/a.txt": "a\n" });
    base = (await project.store.resolve("main")) ?? "";
  });
  afterAll(() => project.close());

  type Prepared = TestThread & {
    threadId: string;
    record(options?: Partial<CheckpointOptions>): ReturnType<typeof checkpoint>;
  };

  async function newThread(options: { checkpoint?: string; baseCommit?: string } = {}): Promise<Prepared> {
    const threadId = `thread-${++count}`;
    const thread = await project.open(threadId);
    const baseCommit = options.baseCommit ?? base;
    await prepareWorktree(thread.sandbox, project.store, {
      threadId,
      branch: `heddle/${threadId}`,
      baseCommit,
      ...options,
    });
    const record: Prepared["record"] = (given) =>
      checkpoint(thread.sandbox, project.store, { threadId, parent: baseCommit, message: "Step", ...given });
    return { ...thread, threadId, record };
  }
  const names = async (commit: string) =>
    (await project.threads("ls-tree", "-r", "-z", "--name-only", commit)).split("\0").filter(Boolean);
  const withoutGit = (tree: string) => fingerprint(tree, (path) => path.split("/").includes(".git"));

  it("makes no commit for an unchanged tree", async () => {
    const { record, threadId } = await newThread();
    expect(await record()).toEqual({ commit: base, changed: false });
    expect(await project.threads("for-each-ref", `refs/heddle/threads/${threadId}`)).toBe("");
  });

  it("records changed, new, deleted and moved files, not ignored ones, chained by parent", async () => {
    const { sh, record, threadId } = await newThread();
    await sh(
      "echo b >> src/a.txt; mkdir -p deep/er; echo n > deep/er/new.txt; echo l > x.log; mkdir build; echo o > build/o",
    );
    const first = await record({ message: "First" });
    expect(first.changed).toBe(true);
    expect(await names(first.commit)).toEqual([".gitignore", "README.md", "deep/er/new.txt", "src/a.txt"]);
    await sh("rm README.md; mv src/a.txt src/b.txt");
    const second = await record({ parent: first.commit, message: "Second" });
    expect(await names(second.commit)).toEqual([".gitignore", "deep/er/new.txt", "src/b.txt"]);
    expect(await project.threads("log", "--format=%an|%cn|%s", `refs/heddle/threads/${threadId}`)).toBe(
      "Heddle|Heddle|Second\nHeddle|Heddle|First\nU|U|Start",
    );
    expect(await record({ parent: second.commit })).toEqual({ commit: second.commit, changed: false });
    await sh("git checkout -q HEAD -- . && rm -r deep src/b.txt");
    const third = await record({ parent: second.commit });
    expect(await project.threads("rev-parse", `${third.commit}^{tree}`)).toBe(
      await project.threads("rev-parse", `${base}^{tree}`),
    );
  });

  it("returns the first call's commit when repeated", async () => {
    const { sh, record } = await newThread();
    await sh("echo 1 > one; mkdir -p none/at/all");
    const first = await record({ message: "Same\n\nbody" });
    const again = await record({ message: "Same\n\nbody" });
    expect(again).toMatchObject({ commit: first.commit, changed: true });
    await again.pack?.close();
    await sh("echo 2 > two");
    const other = await record({ message: "Same\n\nbody" });
    expect(other.commit).not.toBe(first.commit);
    expect(await project.threads("rev-parse", `${other.commit}^`)).toBe(base);
  });

  it("keeps odd names, modes, links, empty files and NUL bytes, and rebuilds the same bytes elsewhere", async () => {
    const { sh, record, tree } = await newThread();
    const { text } = await sh(String.raw`set -e
      printf x > $'new\nline'; printf x > $'tab\tquote"back\\slash'; printf x > $'not-utf8-\xff\xfe'; printf x > ' lead and trail '
      printf x > -rf; printf x > '*'; printf x > ':(top)x'; mkdir $'dir\n-\xff'; printf x > $'dir\n-\xff/in'; printf 'é' > 'ünï'
      : > empty; printf 'a\0b\0' > nul; head -c 300000 /dev/urandom > random; chmod 755 random
      ln -s README.md link; ln -s /etc/passwd outside; ln -s missing broken; ln -s src linkdir
      mkdir -p hollow/very/deep $'hollow/new\nline' 'src/hole %41'; printf 'a\r\nb\r\n' > crlf`);
    expect(text).toBe("");
    const { commit } = await record();
    const before = await withoutGit(tree);
    expect(before.filter((line) => line.includes("hollow"))).toHaveLength(4);
    const other = await newThread({ checkpoint: commit });
    expect(await withoutGit(other.tree)).toEqual(before);
    expect(await other.record({ parent: commit })).toEqual({ commit, changed: false });
    expect((await other.sh("git status --porcelain -- README.md src/a.txt")).text).toBe("");
  });

  it("follows files that become folders, links and the reverse", async () => {
    const { sh, record } = await newThread();
    await sh("mkdir d e; echo 1 > d/f; echo 2 > d/g; echo 3 > e/f; echo 4 > x; mkfifo pipe");
    const first = await record();
    await sh(
      "rm -r d; ln -s e d; rm x; mkdir x; echo 5 > x/y; rm -r src; echo 6 > src; rm README.md; mkfifo README.md",
    );
    const second = await record({ parent: first.commit });
    expect(await names(second.commit)).toEqual([".gitignore", "d", "e/f", "src", "x/y"]);
    await sh("rm d x -r; mkdir d; echo 7 > d/f; echo 8 > x; chmod +x x");
    const third = await record({ parent: second.commit });
    expect(await names(third.commit)).toEqual([".gitignore", "d/f", "e/f", "src", "x"]);
    expect(await project.threads("ls-tree", third.commit, "x")).toMatch(/^100755 /);
  });

  it("takes the files of nested repositories, with and without commits, however deep", async () => {
    const { sh, record } = await newThread();
    await sh(`set -e; for r in plain plain/inner sub/committed; do mkdir -p $r; git init -q $r; echo f > $r/file; done
      git -C sub/committed add . && git -C sub/committed -c user.name=a -c user.email=a commit -qm in
      printf 'skip\n' > plain/.gitignore; echo s > plain/skip; git init -q hollow; git worktree add -q wt HEAD 2>/dev/null`);
    const first = await record();
    const expected = [
      ".gitignore",
      "README.md",
      "plain/.gitignore",
      "plain/file",
      "plain/inner/file",
      "src/a.txt",
      "sub/committed/file",
    ];
    expect((await names(first.commit)).filter((name) => !name.startsWith("wt/"))).toEqual(expected);
    expect(await names(first.commit)).toContain("wt/README.md");
    await sh("echo more > plain/inner/more; rm sub/committed/file; rm -r wt; git worktree prune");
    const second = await record({ parent: first.commit });
    expect(await names(second.commit)).toEqual(
      [...expected.filter((name) => !name.startsWith("sub/")), "plain/inner/more"].sort(),
    );
    expect(await project.threads("ls-tree", "-r", second.commit)).not.toContain("160000");
  });

  it("leaves submodules of the project what they are", async () => {
    const own = await createProject({ "README.md": "x\n" });
    const library = `${own.homeDir}/library`;
    await writeFiles(library, { lib: "l\n" });
    await userGit(library, "init", "-q");
    const pinned = await commitAll(library, "lib");
    await userGit(own.source, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "vendor/lib");
    await commitAll(own.source, "Add a submodule");
    await own.store.fetch(own.source);
    const baseCommit = (await own.store.resolve("main")) ?? "";
    const { sandbox, sh } = await own.open("t");
    await prepareWorktree(sandbox, own.store, { threadId: "t", branch: "heddle/t", baseCommit });
    await sh("echo y > README.md");
    const { commit } = await checkpoint(sandbox, own.store, { threadId: "t", parent: baseCommit, message: "m" });
    expect(await own.threads("ls-tree", commit, "vendor/lib")).toBe(`160000 commit ${pinned}\tvendor/lib`);
    await own.close();
  });

  it("works on when the agent destroyed its repository, ours, or their objects", async () => {
    const { sh, record } = await newThread();
    await sh("echo 1 > one; echo t > tracked.log; git add -f tracked.log");
    const first = await record();
    await sh("rm -rf .git; echo 2 > two");
    const second = await record({ parent: first.commit });
    expect(await names(second.commit)).toEqual([".gitignore", "README.md", "one", "src/a.txt", "two"]);
    await sh("rm -rf ~/.heddle; echo 3 > three");
    const third = await record({ parent: second.commit });
    expect(await names(third.commit)).toContain("three");
    await sh(
      "find ~/.heddle -path '*objects/??/*' -delete; rm -f ~/.heddle/snapshots.git/objects/pack/*; echo 4 > four",
    );
    const fourth = await record({ parent: third.commit });
    expect(await names(fourth.commit)).toContain("four");
    await sh("printf garbage > ~/.heddle/snapshots.git/index; echo 5 > five");
    const fifth = await record({ parent: fourth.commit });
    await sh("touch ~/.heddle/snapshots.git/index.lock; chmod 000 ~/.heddle; echo 6 > six");
    const sixth = await record({ parent: fifth.commit });
    expect(await names(sixth.commit)).toEqual([
      ".gitignore",
      "README.md",
      "five",
      "four",
      "one",
      "six",
      "src/a.txt",
      "three",
      "two",
    ]);
    await sh("rm -rf ~/.heddle; ln -s /etc ~/.heddle; echo 7 > seven");
    expect(await names((await record({ parent: sixth.commit })).commit)).toContain("seven");
  });

  it("is not stopped by files that cannot be read", async () => {
    const { sh, record } = await newThread();
    await sh(
      "echo 1 > secret; echo 2 > open; chmod 000 secret README.md; mkdir shut; echo 3 > shut/in; chmod 000 shut",
    );
    expect(await names((await record()).commit)).toEqual([".gitignore", "README.md", "open", "src/a.txt"]);
    await sh("chmod 700 shut; chmod 600 secret");
    expect(await names((await record()).commit)).toContain("shut/in");
  });

  it("refuses what is over the limit, and what git refuses, and leaves nothing behind", async () => {
    const { sh, record } = await newThread();
    await sh("head -c 700000 /dev/urandom > one; head -c 700000 /dev/urandom > two");
    await expect(record({ maxBytes: 1_000_000 })).rejects.toMatchObject({ code: "SNAPSHOT_TOO_LARGE" });
    await sh("rm one; truncate -s 3G two");
    const tooLarge = { code: "SNAPSHOT_TOO_LARGE", message: "two is too large to be recorded." };
    await expect(record()).rejects.toMatchObject(tooLarge);
    await sh(`rm two; printf '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=evil\n' > .gitmodules`);
    await expect(record()).rejects.toMatchObject({ code: "SNAPSHOT_REFUSED" });
    expect(await fingerprint(`${project.store.threadsDir}/incoming`)).toEqual(["/"]);
    await sh("rm .gitmodules");
    expect(await record()).toEqual({ commit: base, changed: false });
  });

  it("needs a prepared worktree and a parent that exists", async () => {
    const { sandbox } = await project.open("bare");
    const options = { threadId: "bare", parent: base, message: "m" };
    await expect(checkpoint(sandbox, project.store, options)).rejects.toMatchObject({ code: "WORKTREE_NOT_PREPARED" });
    const { record } = await newThread();
    await expect(record({ parent: "1".repeat(40) })).rejects.toMatchObject({ code: "REF_NOT_FOUND" });
  });
});
