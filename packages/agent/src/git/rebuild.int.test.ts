import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSandboxes, type Sandboxes } from "../sandbox/sandboxes.ts";
import { checkpoint } from "./checkpoint.ts";
import { commitThread } from "./commit.ts";
import type { OutgoingPack } from "./outgoing.ts";
import { type KeptPack, rebuildThread } from "./rebuild.ts";
import { openStore, type ProjectStore } from "./store.ts";
import { commitAll, createProject, fingerprint, type TestProject, userGit, writeFiles } from "./testing/project.ts";
import { prepareWorktree } from "./worktree.ts";

type Kept = KeptPack & { lengths: number[] };

/** What the database does: keeps the pieces in order and gives them back. */
function createKeep() {
  const packs: Kept[] = [];
  const counted = { reads: 0 };
  async function keep(pack: OutgoingPack | undefined) {
    if (!pack) return;
    const kept: Uint8Array[] = [];
    for await (const piece of pack.pieces()) kept.push(piece);
    await pack.close();
    async function* pieces() {
      counted.reads += 1;
      yield* kept;
    }
    packs.push({ commit: pack.commit, ref: pack.ref, lengths: kept.map((piece) => piece.length), pieces });
  }
  return { packs, keep, counted };
}

describe("rebuildThread", () => {
  let project: TestProject;
  let base: string;
  let homeDir: string;
  let elsewhere: ProjectStore;
  let sandboxes: Sandboxes;
  let count = 0;

  beforeAll(async () => {
    project = await createProject({ "README.md": "# Sample\n", ".gitignore": "*.log\n", "src/a.txt": "a\n" });
    base = (await project.store.resolve("main")) ?? "";
  });
  afterAll(() => project.close());
  beforeEach(async () => {
    homeDir = await mkdtemp(join(tmpdir(), "heddle-other-"));
    elsewhere = openStore(homeDir, "project");
    await elsewhere.fetch(project.source);
    sandboxes = createSandboxes({ homeDir });
    return async () => {
      await sandboxes.closeAll();
      await rm(homeDir, { recursive: true, force: true });
    };
  });

  async function newThread() {
    const threadId = `thread-${++count}`;
    const branch = `heddle/${threadId}`;
    const thread = await project.open(threadId);
    await prepareWorktree(thread.sandbox, project.store, { threadId, branch, baseCommit: base });
    const kept = createKeep();
    let last: string | undefined;
    const record = async (message = "Step") => {
      const parent = last ?? base;
      const made = await checkpoint(thread.sandbox, project.store, { threadId, parent, message });
      await kept.keep(made.pack);
      last = made.commit;
      return made.commit;
    };
    const commit = async (parent: string, message: string) => {
      const options = { threadId, branch, parent, checkpoint: last, message, committedAt: new Date() };
      const author = { name: "A", email: "a@b" };
      const made = await commitThread(thread.sandbox, project.store, { ...options, author });
      await kept.keep(made.pack);
      return made.commit;
    };
    const openElsewhere = async (given: { checkpoint?: string; headCommit?: string }) => {
      const spec = { threadId, worktreeDir: elsewhere.worktreeDir(threadId), upstreamDir: elsewhere.upstreamDir };
      const sandbox = await sandboxes.open(spec);
      await prepareWorktree(sandbox, elsewhere, { threadId, branch, baseCommit: base, ...given });
      return { sandbox, tree: join(spec.worktreeDir, "tree") };
    };
    return { ...thread, ...kept, threadId, branch, record, commit, openElsewhere };
  }
  const files = (tree: string) => fingerprint(tree, (path) => path === ".git");
  const inElsewhere = async (...args: string[]) => (await userGit(elsewhere.threadsDir, ...args)).trimEnd();

  it("makes the same files and commits on another host", async () => {
    const { sh, tree, packs, threadId, branch, record, commit, openElsewhere } = await newThread();
    await sh(String.raw`echo 1 > README.md; echo u > untracked; chmod +x src/a.txt; ln -s src link; mkdir -p hole/deep
      printf x > $'odd\n\xff'; : > empty; printf 'a\0b' > nul; echo l > x.log`);
    await record();
    await sh("rm untracked; echo 2 >> README.md");
    await record();
    const made = await commit(base, "First");
    await sh("echo u > untracked; for i in $(seq 300); do echo $i > n$i; done");
    await record();
    await sh("head -c 9000000 /dev/urandom > big; rm n*");
    const last = await record();
    expect(packs.map(({ ref }) => ref)).toEqual([
      `refs/heddle/threads/${threadId}`,
      `refs/heddle/threads/${threadId}`,
      `refs/heads/${branch}`,
      `refs/heddle/threads/${threadId}`,
      `refs/heddle/threads/${threadId}`,
    ]);
    expect(packs.slice(0, 3).every(({ lengths: [only, ...more] }) => Number(only) < 2_000 && !more.length)).toBe(true);
    expect(packs[4]?.lengths.slice(0, -1).every((length) => length === 2 ** 20)).toBe(true);

    await rebuildThread(elsewhere, threadId, packs);
    expect(await inElsewhere("for-each-ref", "--format=%(refname) %(objectname)")).toBe(
      `refs/heads/${branch} ${made}\nrefs/heddle/threads/${threadId} ${last}`,
    );
    expect(await inElsewhere("fsck", "--full", "--strict", "--no-dangling")).toBe("");
    expect(await fingerprint(join(elsewhere.threadsDir, "incoming"))).toEqual(["/"]);
    const there = await openElsewhere({ checkpoint: last, headCommit: made });
    expect(await files(there.tree)).toEqual((await files(tree)).filter((line) => !line.startsWith("x.log")));
    await sh("rm x.log");
  });

  it("takes in what is new only, and goes on after having been cut", async () => {
    const { sh, packs, counted, threadId, record } = await newThread();
    for (const step of [1, 2, 3]) {
      await sh(`echo ${step} > file`);
      await record();
    }
    await rebuildThread(elsewhere, threadId, packs.slice(0, 2));
    expect(counted.reads).toBe(2);
    await rebuildThread(elsewhere, threadId, packs.slice(0, 2));
    expect(counted.reads).toBe(2);
    for (const milliseconds of [1, 4, 8, 15]) {
      await rebuildThread(elsewhere, threadId, packs, AbortSignal.timeout(milliseconds)).catch(() => undefined);
    }
    counted.reads = 0;
    await Promise.all([rebuildThread(elsewhere, threadId, packs), rebuildThread(elsewhere, threadId, packs)]);
    expect(counted.reads).toBeLessThanOrEqual(1);
    expect(await inElsewhere("log", "--format=%s", `refs/heddle/threads/${threadId}`)).toBe("Step\nStep\nStep\nStart");
  });

  it("has the pack again when a checkpoint or a commit is repeated after a crash", async () => {
    const { sh, sandbox, threadId, branch, openElsewhere } = await newThread();
    await sh("echo 1 > one");
    const step = { threadId, parent: base, message: "Step" };
    await (await checkpoint(sandbox, project.store, step)).pack?.close();
    const { keep, packs } = createKeep();
    const again = await checkpoint(sandbox, project.store, step);
    await keep(again.pack);
    const author = { name: "A", email: "a@b" };
    const options = { threadId, branch, parent: base, checkpoint: again.commit, message: "m", author };
    const same = { ...options, committedAt: new Date() };
    await (await commitThread(sandbox, project.store, same)).pack.close();
    const made = await commitThread(sandbox, project.store, same);
    await keep(made.pack);
    await rebuildThread(elsewhere, threadId, packs);
    const there = await openElsewhere({ checkpoint: again.commit, headCommit: made.commit });
    expect(await files(there.tree)).toContainEqual(expect.stringMatching(/^one /));
  });

  it("is not disturbed by a checkpoint that was made and never recorded", async () => {
    const { sh, sandbox, threadId, packs, record } = await newThread();
    await sh("echo 1 > one");
    const lost = await checkpoint(sandbox, project.store, { threadId, parent: base, message: "Lost" });
    await lost.pack?.close();
    await sh("echo 2 > two");
    const commit = await record();
    await rebuildThread(elsewhere, threadId, packs);
    expect(await inElsewhere("ls-tree", "-r", "--name-only", commit)).toBe(
      ".gitignore\nREADME.md\none\nsrc/a.txt\ntwo",
    );
    expect(await inElsewhere("fsck", "--full", "--strict", "--no-dangling")).toBe("");
  });

  it("says so when upstream no longer has what the thread builds on", async () => {
    await userGit(project.source, "checkout", "-q", "-b", "side");
    await writeFiles(project.source, { side: "only there\n" });
    await commitAll(project.source, "Side");
    await project.store.fetch(project.source);
    await userGit(project.source, "checkout", "-q", "main");
    await userGit(project.source, "branch", "-D", "side");
    const { sh, packs, threadId, branch, sandbox, record } = await newThread();
    await prepareWorktree(sandbox, project.store, { threadId, branch, baseCommit: base });
    await sh("git checkout -q origin/side -- side; echo x > x");
    await record();
    await expect(rebuildThread(elsewhere, threadId, packs)).rejects.toMatchObject({ code: "REF_NOT_FOUND" });
    expect(await inElsewhere("for-each-ref")).toBe("");
    await userGit(project.source, "branch", "side", "refs/heads/main");
  });

  it("refuses a pack that is damaged or does not bring its commit", async () => {
    const { sh, packs, threadId, record } = await newThread();
    await sh("echo 1 > one");
    await record();
    await sh("echo 2 > two");
    await record();
    const [first, second] = packs as unknown as [KeptPack, KeptPack];
    const damaged = {
      ...first,
      async *pieces() {
        for await (const piece of first.pieces()) yield piece.with(40, 255 ^ (piece[40] ?? 0));
      },
    };
    const refused = { code: "REF_NOT_FOUND" };
    await expect(rebuildThread(elsewhere, threadId, [damaged])).rejects.toMatchObject(refused);
    await expect(rebuildThread(elsewhere, threadId, [second])).rejects.toMatchObject(refused);
    await expect(rebuildThread(elsewhere, threadId, [{ ...first, pieces: second.pieces }])).rejects.toMatchObject(
      refused,
    );
    expect(await inElsewhere("for-each-ref")).toBe("");
  });
});
