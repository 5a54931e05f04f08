import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { archiveWorktree, restoreArchive } from "./archive.ts";
import { discardWorktree } from "./archive-files.ts";
import { checkpoint } from "./checkpoint.ts";
import { createProject, type TestProject } from "./testing/project.ts";
import { portrait, treeScript, trees } from "./testing/trees.ts";
import { prepareWorktree } from "./worktree.ts";

/** Repeatable; a failure is shrunk and printed with its path. */
const parameters = { seed: 20_260_101, numRuns: 20, interruptAfterTimeLimit: 200_000 };

let project: TestProject;
let baseCommit: string;
let made = 0;

beforeAll(async () => {
  project = await createProject();
  baseCommit = (await project.store.resolve("main")) ?? "";
});
afterAll(() => project.close());

const openScratch = (threadId: string) => (worktreeDir: string) =>
  project.sandboxes.open({ threadId: `${threadId}.copy`, worktreeDir, upstreamDir: project.store.upstreamDir });

async function newThread() {
  made += 1;
  const threadId = `t${made}`;
  const thread = await project.open(threadId);
  const prepare = async (from?: string) => {
    const options = { threadId, branch: `heddle/${threadId}`, baseCommit, checkpoint: from };
    await prepareWorktree(thread.sandbox, project.store, options);
  };
  await prepare();
  return { ...thread, threadId, prepare, dir: join(project.store.archiveDir(threadId), "job") };
}

/** What the agent may have done with its own repository. */
const acts = fc.subarray([
  "echo '* text=auto eol=crlf' >.gitattributes",
  "git add -A",
  "git -c user.name=A -c user.email=a@b commit -q -a -m Own",
  "git checkout -q -b side",
  "git add -N .",
  "git stash -q -u",
  "git rm -q --cached README.md",
  "git config core.autocrlf true",
  "git tag mine",
]);

it("gives every tree back as it was, and the agent's repository with it", { timeout: 300_000 }, () =>
  fc.assert(
    fc.asyncProperty(trees, acts, async (tree, done) => {
      const { sandbox, sh, tree: folder, threadId, dir } = await newThread();
      await sh(treeScript(tree));
      for (const act of done) await sh(act);
      const before = await portrait(folder);
      const archive = await archiveWorktree(sandbox, {
        threadId,
        dir,
        keepIgnored: true,
        openScratch: openScratch(threadId),
      });
      expect(await portrait(folder)).toEqual(before);
      await sandbox.close();
      await discardWorktree(project.store, threadId);

      const again = await project.open(threadId);
      const restored = await restoreArchive(again.sandbox, project.store, {
        threadId,
        dir,
        archive,
        moves: 0,
        confirm: async () => {},
      });
      expect(restored).toBe("restored");
      expect(await portrait(folder)).toEqual(before);
      await again.sandbox.close();
      await discardWorktree(project.store, threadId);
    }),
    parameters,
  ),
);

it("gives back what the last checkpoint holds when there is no archive", { timeout: 300_000 }, () =>
  fc.assert(
    fc.asyncProperty(trees, async (tree) => {
      const { sandbox, sh, tree: folder, threadId, dir } = await newThread();
      await sh(treeScript(tree));
      const kept = await checkpoint(sandbox, project.store, { threadId, parent: baseCommit, message: "Before" });
      await kept.pack?.close();
      const before = checkpointed(await portrait(folder));
      await sandbox.close();
      await discardWorktree(project.store, threadId);

      const { sandbox: again } = await project.open(threadId);
      const archive = { sha256: "", contentSha256: "" };
      expect(
        await restoreArchive(again, project.store, { threadId, dir, archive, moves: 0, confirm: async () => {} }),
      ).toBe("missing");
      const options = { threadId, branch: `heddle/${threadId}`, baseCommit, checkpoint: kept.commit };
      await prepareWorktree(again, project.store, options);
      expect(checkpointed(await portrait(folder))).toEqual(before);
      await again.close();
      await discardWorktree(project.store, threadId);
    }),
    parameters,
  ),
);

/** What git keeps of a portrait: files that can be read and have a name that git takes, their executable bit, links. */
function checkpointed(lines: readonly string[]): string[] {
  const folders = lines.flatMap((line) => (/^(.*\/) (\d+) \d+$/s.exec(line) ?? []).slice(1, 3).join("\0") || []);
  const closed = folders.map((folder) => folder.split("\0")).filter(([, mode]) => Number(mode) % 1000 < 500);
  return lines.flatMap((line) => {
    const file = /^(.*) (\d+) \d+ (\d+ [0-9a-f]{64}) \(.*\)$/s.exec(line);
    const [, link] = /^(.* -> .*) \(.*\)$/s.exec(line) ?? [];
    const path = file?.[1] ?? link ?? "";
    if (path === "" || /(^|\/)\.git\//i.test(path) || closed.some(([folder = ""]) => path.startsWith(folder)))
      return [];
    if (file === null) return [path];
    const mode = Number.parseInt(file[2] ?? "", 8);
    return mode & 0o400 ? [`${path} ${mode & 0o100} ${file[3]}`] : [];
  });
}
