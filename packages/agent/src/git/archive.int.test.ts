import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../sandbox/testing/sandbox-home.ts";
import { archiveWorktree, restoreArchive } from "./archive.ts";
import { archiveFileIn, discardWorktree, removeTree } from "./archive-files.ts";
import { commitAll, createProject, type TestProject, userGit, writeFiles } from "./testing/project.ts";
import { portrait } from "./testing/trees.ts";
import { prepareWorktree } from "./worktree.ts";
import { isPrepared } from "./worktree-state.ts";

const run = promisify(execFile);

/** Only root sees what its owner may not, and mounts. */
const itAsRoot = it.skipIf(process.getuid?.() !== 0);

let project: TestProject;
let baseCommit: string;
let made = 0;

beforeAll(async () => {
  project = await createProject({ "README.md": "# Sample\n", "src/a.ts": "a\n" });
  const library = join(project.source, "../library");
  await mkdir(library);
  await userGit(library, "init", "-q", "-b", "main");
  await writeFiles(library, { "lib.ts": "lib\n" });
  await commitAll(library, "Library");
  await userGit(project.source, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "lib");
  await commitAll(project.source, "With a submodule");
  await project.store.fetch(project.source);
  baseCommit = (await project.store.resolve("main")) ?? "";
});
afterAll(async () => {
  await project.sandboxes.closeAll();
  await removeTree(project.homeDir);
  await project.close();
});

async function newThread() {
  made += 1;
  const threadId = `t${made}`;
  const thread = await project.open(threadId);
  const { store, sandboxes } = project;
  await prepareWorktree(thread.sandbox, store, { threadId, branch: `heddle/${threadId}`, baseCommit });
  const dir = join(store.archiveDir(threadId), "job");
  const openScratch = (worktreeDir: string) =>
    sandboxes.open({ threadId: `${threadId}-copy`, worktreeDir, upstreamDir: store.upstreamDir });
  return {
    ...thread,
    threadId,
    dir,
    archive: (options: { keepIgnored?: boolean; signal?: AbortSignal } = {}) =>
      archiveWorktree(thread.sandbox, { threadId, dir, keepIgnored: true, openScratch, ...options }),
    /** The worktree is removed, then restored in a sandbox of its own. */
    roundTrip: async (archive: { sha256: string; contentSha256: string }) => {
      await sandboxes.close(threadId);
      await discardWorktree(store, threadId);
      const { sandbox, sh } = await project.open(threadId);
      return {
        restored: await restoreArchive(sandbox, store, { threadId, dir, archive, moves: 0, confirm: async () => {} }),
        sh,
      };
    },
  };
}

describe("an archive", () => {
  it("keeps what the agent has in its own repository", async () => {
    const thread = await newThread();
    const state =
      "git status --porcelain=v2 --branch; git stash list; git log --all --format=%H; git config --list --local; git fsck --no-dangling 2>&1; git submodule status; git reflog";
    await thread.sh(`
      git config user.name A; git config user.email a@b; git config core.autocrlf input
      echo own > own; git add own; git commit -qm Own; git branch side; git tag mark
      echo stash >> README.md; git stash -q
      git checkout -q -b conflict HEAD~1; echo other > own; git add own; git commit -qm Other; git merge -q side
      printf 'staged\r\n' > staged; git add staged; echo later >> staged
      echo soon > soon; git add -N soon; git rm -q --cached src/a.ts
      echo in > lib/untracked; git init -q nested; (cd nested; git init -q inner; echo deep > inner/file)`);
    const [before, lines] = [(await thread.sh(state)).text, await portrait(thread.tree)];
    expect(before).toContain("u AA");
    const archive = await thread.archive();
    const { restored, sh } = await thread.roundTrip(archive);
    expect(restored).toBe("restored");
    expect(await portrait(thread.tree)).toEqual(lines);
    expect((await sh(state)).text).toBe(before);
    expect((await sh("git reset -q --hard && git stash pop -q && git diff")).text).toContain("+stash");
  });

  it("keeps 100 MB, 2,000 files, holes, links to one file, and paths longer than the system takes", async () => {
    const thread = await newThread();
    await thread.sh(`
      head -c 104857600 /dev/urandom > large; truncate -s 3G holes; printf end >> holes
      for i in $(seq 2000); do mkdir -p many/$((i % 40)); echo $i > many/$((i % 40))/$i; done; ln large again
      cd many; for i in $(seq 60); do d=$(printf 'd%.0s' $(seq 100)); mkdir $d; cd $d; done; echo bottom > bottom`);
    const lines =
      "find . -mindepth 1 -printf '%p %y %m %l %n %T@\\n' | sed 's/[.][0-9]*$//' | LC_ALL=C sort | sha256sum; sha256sum large again; stat -c %s holes";
    const before = (await thread.sh(lines)).text;
    const archive = await thread.archive();
    expect(archive.sizeBytes).toBeLessThan(110_000_000);
    expect(archive.contentBytes).toBeGreaterThan(3 * 2 ** 30);
    const { restored, sh } = await thread.roundTrip(archive);
    expect(restored).toBe("restored");
    expect((await sh(lines)).text).toBe(before);
    expect(
      (await sh("tail -c 3 holes; stat -c %b holes; cd many; for i in $(seq 60); do cd d*; done; cat bottom")).text,
    ).toMatch(/^end\d{1,5}\nbottom\n$/);
    await sh("rm -rf many");
  });

  it("can be read by any tar", async () => {
    const thread = await newThread();
    await thread.sh(`
      name=$(printf 'n%.0s' $(seq 200)); mkdir -p $name/$name; echo long > $name/$name/file; ln $name/$name/file hard
      ln -s $name/$name soft; mkfifo pipe; truncate -s 300000 holes; printf mid | dd of=holes bs=1 seek=150000 conv=notrunc status=none
      printf x > $'odd\\xff\\nname'; mkdir empty; chmod 2750 empty; chmod 4711 hard`);
    await thread.archive();
    const file = (await archiveFileIn(thread.dir)) ?? "";
    const out = join(project.homeDir, `out-${thread.threadId}`);
    await mkdir(out);
    await run("tar", ["--extract", "--preserve-permissions", "--file", file, "--directory", out]);
    expect(await portrait(out)).toEqual(await portrait(thread.tree));
  });

  it("leaves out what git ignores, in nested repositories too, and nothing that is staged", async () => {
    const thread = await newThread();
    await thread.sh(`
      printf '*.log\\n/build/\\nkept.me\\n' > .gitignore; echo 1 > a.log; mkdir -p build/deep src/logs; echo 2 > build/deep/x
      echo 3 > src/logs/b.log; echo 4 > src/logs/c; echo forced > kept.me; git add -f kept.me; echo 5 > $'odd\\n.log'
      git init -q nested; printf 'cache/\\n' > nested/.gitignore; mkdir nested/cache; echo 6 > nested/cache/y; echo 7 > nested/z
      mkdir elsewhere; echo '*' > elsewhere/.gitignore; echo 8 > elsewhere/c; git config core.worktree "$PWD/elsewhere"`);
    const before = await portrait(thread.tree);
    const gone = (line: string) =>
      /^(\S*\.log |odd\n\.log |build\/|src\/logs\/b\.log|nested\/cache|elsewhere)/.test(line);
    expect(before.filter(gone)).toHaveLength(11);
    const archive = await thread.archive({ keepIgnored: false });
    expect(await portrait(thread.tree)).toEqual(before);
    expect((await thread.roundTrip(archive)).restored).toBe("restored");
    expect(await portrait(thread.tree)).toEqual(before.filter((line) => !gone(line)));
  });

  it("names what cannot be kept", async () => {
    const thread = await newThread();
    await thread.sh(
      "perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => $_, Listen => 1) for @ARGV' one 'two three'",
    );
    expect((await thread.archive()).notKept).toEqual(["one", "two three"]);
  });
});

describe("when something goes wrong", () => {
  it("makes no archive of files that change meanwhile, and touches none of them", async () => {
    const thread = await newThread();
    await thread.sh("mkdir busy; head -c 20000000 /dev/urandom > large");
    const stop = new AbortController();
    const command = "i=0; while :; do i=$((i + 1)); echo $i > busy/$((i % 50)); done";
    const writing = thread.sandbox.exec({ argv: ["bash", "-c", command], signal: stop.signal });
    await expect(thread.archive()).rejects.toMatchObject({ code: "ARCHIVE_FAILED" });
    stop.abort();
    await writing;
    expect(await readdir(project.store.archiveDir(thread.threadId))).toEqual([]);
    expect((await thread.archive()).files).toBeGreaterThan(50);
  });

  itAsRoot("gives files that were opened to be read their modes back, even when it was cut there", async () => {
    const thread = await newThread();
    await thread.sh(`mkdir -p shut/in; head -c 50000000 /dev/urandom > shut/in/secret; echo s > shut/other
      chmod 0 shut/in/secret shut/other; chmod 100 shut/in; chmod 0 shut`);
    const stop = new AbortController();
    const cut = thread.archive({ signal: stop.signal });
    await until(async () => ((await stat(join(thread.tree, "shut"))).mode & 0o777) !== 0);
    stop.abort();
    await expect(cut).rejects.toMatchObject({ code: "ABORTED" });
    expect(existsSync(thread.dir)).toBe(false);
    const archive = await thread.archive();
    await thread.roundTrip(archive);
    const modes = (await portrait(thread.tree))
      .filter((line) => line.startsWith("shut/"))
      .map((line) => line.split(" ")[1]);
    expect(modes).toEqual(["0", "100", "0", "0"]);
  });

  itAsRoot("tells a full disk from a broken worktree", async () => {
    const thread = await newThread();
    await thread.sh("head -c 3000000 /dev/urandom > random");
    const full = join(project.homeDir, "full");
    await mkdir(full);
    await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", full]);
    try {
      const { store, sandboxes } = project;
      const archived = archiveWorktree(thread.sandbox, {
        threadId: thread.threadId,
        dir: join(full, "job"),
        keepIgnored: true,
        openScratch: (worktreeDir) =>
          sandboxes.open({ threadId: `${thread.threadId}-copy`, worktreeDir, upstreamDir: store.upstreamDir }),
      });
      await expect(archived).rejects.toMatchObject({
        code: "ARCHIVE_FAILED",
        message: expect.stringContaining("full"),
      });
      expect(await readdir(full)).toEqual([]);
    } finally {
      await run("umount", [full]);
    }
  });

  itAsRoot("leaves nothing of a restore for which the disk has no room, and says so", async () => {
    const thread = await newThread();
    await thread.sh("head -c 3000000 /dev/urandom > random; mkdir shut; echo s > shut/s; chmod 0 shut");
    const [before, archive] = [await portrait(thread.tree), await thread.archive()];
    const { store, sandboxes } = project;
    await sandboxes.close(thread.threadId);
    await discardWorktree(store, thread.threadId);
    const options = { threadId: thread.threadId, dir: thread.dir, archive, moves: 0, confirm: async () => {} };
    const worktreeDir = store.worktreeDir(thread.threadId);
    await mkdir(worktreeDir);
    await run("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", worktreeDir]);
    try {
      const { sandbox } = await project.open(thread.threadId);
      await expect(restoreArchive(sandbox, store, options)).rejects.toMatchObject({
        code: "ARCHIVE_FAILED",
        message: expect.stringContaining("full"),
      });
      expect(await readdir(thread.tree)).toEqual([]);
      expect(await isPrepared(store, thread.threadId)).toBe(false);
      await sandboxes.close(thread.threadId);
    } finally {
      await run("umount", [worktreeDir]);
    }
    const { sandbox } = await project.open(thread.threadId);
    expect(await restoreArchive(sandbox, store, options)).toBe("restored");
    expect(await portrait(thread.tree)).toEqual(before);
  });

  it("does not touch the worktree when the archive is damaged, cut short or gone", async () => {
    const thread = await newThread();
    await thread.sh("echo a > a");
    const archive = await thread.archive();
    const file = (await archiveFileIn(thread.dir)) ?? "";
    const whole = await readFile(file);
    await thread.sh("echo b > a");
    const before = await portrait(thread.tree);
    const { store } = project;
    const restore = () =>
      restoreArchive(thread.sandbox, store, {
        threadId: thread.threadId,
        dir: thread.dir,
        archive,
        moves: 0,
        confirm: async () => {},
      });
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(100) ^ 1, 100);
    for (const bytes of [damaged, whole.subarray(0, whole.length - 1), Buffer.alloc(0)]) {
      await writeFile(file, bytes);
      expect(await restore()).toBe("damaged");
    }
    await removeTree(thread.dir);
    expect(await restore()).toBe("missing");
    expect(await portrait(thread.tree)).toEqual(before);
    expect(await isPrepared(store, thread.threadId)).toBe(true);
  });

  itAsRoot("restores again what a cut restore has begun, and finds a finished one in place", async () => {
    const thread = await newThread();
    await thread.sh("mkdir -p d; for i in $(seq 300); do head -c 300000 /dev/urandom > d/$i; done; chmod 0 d");
    const [before, archive] = [await portrait(thread.tree), await thread.archive()];
    const { store, sandboxes } = project;
    await sandboxes.close(thread.threadId);
    await discardWorktree(store, thread.threadId);
    const { sandbox } = await project.open(thread.threadId);
    const stop = new AbortController();
    const options = { threadId: thread.threadId, dir: thread.dir, archive, moves: 0, confirm: async () => {} };
    const cut = restoreArchive(sandbox, store, { ...options, signal: stop.signal });
    const begun = () => readdir(join(thread.tree, "d")).catch(() => []);
    await until(async () => (await begun()).length > 20);
    stop.abort();
    await expect(cut).rejects.toMatchObject({ code: "ABORTED" });
    expect(await isPrepared(store, thread.threadId)).toBe(false);
    expect(await restoreArchive(sandbox, store, options)).toBe("restored");
    expect(await restoreArchive(sandbox, store, options)).toBe("restored");
    expect(await portrait(thread.tree)).toEqual(before);
  });

  itAsRoot("is not led astray by what the agent has put in its home", async () => {
    for (const trick of [
      "mkfifo $HOME/.heddle/modes",
      "mkdir -p $HOME/.heddle/modes/x",
      "rm -rf $HOME/.heddle; ln -s /workspace $HOME/.heddle",
    ]) {
      const thread = await newThread();
      await thread.sh(`echo s > shut; chmod 0 shut; ${trick}`);
      const before = await portrait(thread.tree);
      const archive = await thread.archive();
      expect((await thread.roundTrip(archive)).restored).toBe("restored");
      expect(await portrait(thread.tree)).toEqual(before);
    }
  });
});
