import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { threadWorkflowId } from "@heddle/agent/contract";
import { portrait } from "@heddle/agent/git/testing/trees";
import { requestArchive, requestRemove, requestRestore } from "@heddle/db/archive";
import { archiveManifest } from "@heddle/db/archive.schema";
import { readJob, requestCommit } from "@heddle/db/jobs";
import type { ThreadScope } from "@heddle/db/scope";
import { getThread } from "@heddle/db/threads";
import { sendTurn } from "@heddle/db/turns";
import { ApplicationFailure, Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";

let stage: Stage;

vi.setConfig({ testTimeout: 180_000 });

beforeAll(async () => {
  stage = await openStage();
  await stage.startWorker();
});
afterAll(() => stage?.close());

const work = [
  "echo changed >> src/a.txt; echo staged > staged; git add staged; echo later >> staged; git add -N soon",
  "printf 'logs/\\n' > .gitignore; mkdir -p logs empty; echo noise > logs/today; echo new > new.txt; chmod 640 new.txt",
  "git -c user.name=A -c user.email=a@b commit -qm Own -- src/a.txt; git branch mine; echo stash >> README.md; git stash -q",
  "echo soon > soon; git init -q nested; echo in > nested/file; ln -s nowhere link; chmod 4711 staged; mkfifo pipe",
];

const treeOf = (scope: ThreadScope) => join(stage.homeDir, "worktrees", scope.threadId, "tree");
const archivesOf = (scope: ThreadScope) => join(stage.homeDir, "archives", scope.threadId);

/** A thread at rest whose agent has done all that. */
async function worked(commands: readonly string[] = work): Promise<ThreadScope> {
  const scope = await stage.prompt(script(...commands.map((command) => shell(command)), "Done."));
  expect((await settled(scope)).status).toBe("idle");
  return scope;
}

async function done(scope: ThreadScope, { jobId }: { jobId: string }): Promise<unknown> {
  await stage.poke(scope.threadId);
  return until(async () => {
    const job = await readJob(scope, jobId);
    return job.status === "done" && { output: job.output };
  });
}

const archive = async (scope: ThreadScope, keepIgnored = true) =>
  done(scope, await requestArchive(scope, { keepIgnored }));
const restore = async (scope: ThreadScope) => done(scope, await requestRestore(scope));

async function lastNotice(scope: ThreadScope) {
  const last = (await itemsOf(scope)).at(-1);
  return last?.type === "notice" ? last : null;
}

/** What git says of the agent's repository, in words of its own. */
async function gitState(scope: ThreadScope): Promise<string> {
  const sandbox = await stage.sandboxes.open({
    threadId: scope.threadId,
    worktreeDir: join(stage.homeDir, "worktrees", scope.threadId),
    upstreamDir: join(stage.homeDir, "repos", scope.projectId, "upstream.git"),
  });
  const chunks: Buffer[] = [];
  const command =
    "git status --porcelain=v2 --branch; git stash list; git log --all --oneline; git fsck; git diff --cached";
  await sandbox.exec({ argv: ["bash", "-c", `${command} 2>&1`], onOutput: (chunk) => chunks.push(chunk) });
  await sandbox.close();
  return Buffer.concat(chunks).toString();
}

/** Whoever wants to write for the thread waits until `work` is done. */
async function withThreadLocked({ threadId }: ThreadScope, work: () => Promise<void>): Promise<void> {
  await stage.db.prisma.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM "Thread" WHERE "id" = ${threadId} FOR UPDATE`;
      await work();
    },
    { timeout: 60_000 },
  );
}

/** What Temporal does when it hears nothing of a worker; resolves once the next attempt is under way. */
async function giveUpActivity({ threadId }: ThreadScope): Promise<void> {
  const connection = await Connection.connect({ address: stage.temporalAddress });
  try {
    const client = new Client({ connection });
    const workflowId = threadWorkflowId(threadId);
    const activity = async () => (await client.workflow.getHandle(workflowId).describe()).raw.pendingActivities?.[0];
    const activityId = (await activity())?.activityId ?? "";
    await client.activity.fail({ workflowId, activityId }, ApplicationFailure.retryable("silent", "WORKER_LOST"));
    await until(async () => {
      const { attempt = 0, lastStartedTime } = (await activity()) ?? {};
      return attempt === 2 && lastStartedTime;
    });
    await sleep(1_000);
  } finally {
    await connection.close();
  }
}

describe("archive and restore", () => {
  test("sets everything aside, frees the disk, and gives it back as it was", async () => {
    const scope = await worked();
    const [state, before, thread] = [await gitState(scope), await portrait(treeOf(scope)), await getThread(scope)];
    await archive(scope);
    expect(existsSync(join(stage.homeDir, "worktrees", scope.threadId))).toBe(false);
    const archived = await getThread(scope);
    expect(archived).toMatchObject({ status: "archived", archivedAt: expect.any(Date), branch: thread.branch });
    expect(await lastNotice(scope)).toMatchObject({
      kind: "archived",
      message: expect.stringMatching(
        /^The thread is archived: \d+ files, [\d.]+ [KM]B, kept in .* of disk were freed\.$/,
      ),
    });
    await restore(scope);
    expect(await portrait(treeOf(scope))).toEqual(before);
    expect(await gitState(scope)).toBe(state);
    expect(await getThread(scope)).toMatchObject({ status: "idle", archivedAt: null, headCommit: thread.headCommit });
    expect(await lastNotice(scope)).toMatchObject({ kind: "restored", message: expect.stringContaining("as it was") });
    await until(async () => !existsSync(archivesOf(scope)));
    await expect(requestRestore(scope)).rejects.toMatchObject({ code: "NOT_ARCHIVED" });
  });

  test("a restored thread works on where it stood", async () => {
    const scope = await worked();
    await archive(scope);
    await expect(sendTurn(scope, { prompt: "More" })).rejects.toMatchObject({ code: "THREAD_ARCHIVED" });
    await restore(scope);
    await sendTurn(scope, { prompt: script(shell("cat soon logs/today && echo more > more"), "Done.") });
    await stage.poke(scope.threadId);
    expect((await settled(scope)).status).toBe("idle");
    const commands = (await itemsOf(scope)).filter((item) => item.type === "commandExecution");
    expect(commands.at(-1)).toMatchObject({ exitCode: 0, output: "soon\nnoise\n" });
  });

  test("leaves out what git ignores, if so chosen", async () => {
    const scope = await worked();
    const before = await portrait(treeOf(scope));
    await archive(scope, false);
    expect((await lastNotice(scope))?.message).toContain("without those that git ignores");
    await restore(scope);
    const lines = before.filter((line) => !line.startsWith("logs/"));
    expect(lines.length).toBe(before.length - 2);
    expect(await portrait(treeOf(scope))).toEqual(lines);
  });

  test("commits asked for before are made first; archiving twice is archiving once", async () => {
    const scope = await worked();
    const commit = await requestCommit(scope, { message: "Before" });
    const [first, second] = [
      await requestArchive(scope, { keepIgnored: true }),
      await requestArchive(scope, { keepIgnored: true }),
    ];
    expect(second).toEqual(first);
    await expect(requestCommit(scope, {})).rejects.toMatchObject({ code: "THREAD_BUSY" });
    await expect(sendTurn(scope, { prompt: "More" })).rejects.toMatchObject({ code: "THREAD_BUSY" });
    await done(scope, first);
    const made = await readJob(scope, commit.jobId);
    expect(made.status).toBe("done");
    await expect(requestArchive(scope, { keepIgnored: true })).rejects.toMatchObject({ code: "THREAD_ARCHIVED" });
    await expect(requestCommit(scope, {})).rejects.toMatchObject({ code: "THREAD_ARCHIVED" });
  });

  test("an attempt that was given up on too early loses nothing of what the next one needs", async () => {
    const scope = await worked();
    const before = await portrait(treeOf(scope));
    const { jobId } = await requestArchive(scope, { keepIgnored: true });
    await stage.poke(scope.threadId);
    await until(async () => existsSync(join(archivesOf(scope), `${jobId}.partial`)));
    await withThreadLocked(scope, async () => {
      await until(async () => existsSync(join(archivesOf(scope), jobId)));
      await giveUpActivity(scope);
    });
    await done(scope, { jobId });
    await restore(scope);
    expect((await lastNotice(scope))?.message).toContain("as it was");
    expect(await portrait(treeOf(scope))).toEqual(before);
  });

  test("ends what still runs in the thread's sandbox before it reads the files", async () => {
    const scope = await worked(["echo a > a"]);
    const sandbox = await stage.sandboxes.open({
      threadId: scope.threadId,
      worktreeDir: join(stage.homeDir, "worktrees", scope.threadId),
      upstreamDir: join(stage.homeDir, "repos", scope.projectId, "upstream.git"),
    });
    const writing = sandbox.exec({ argv: ["bash", "-c", "while :; do date +%N >> busy; done"] });
    const ended = expect(writing).rejects.toThrow(/closed/);
    await archive(scope);
    await ended;
    await restore(scope);
    expect(existsSync(join(treeOf(scope), "busy"))).toBe(true);
  });

  test("an archive that is damaged or gone is told of, and the last checkpoint stands in", async () => {
    const [damaged, gone] = [await worked(), await worked()];
    for (const scope of [damaged, gone]) await archive(scope);
    const [id = ""] = await readdir(archivesOf(damaged));
    const [name = ""] = (await readdir(join(archivesOf(damaged), id))).filter((file) => file.startsWith("worktree"));
    const file = join(archivesOf(damaged), id, name);
    const bytes = await readFile(file);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await rm(archivesOf(gone), { recursive: true });
    for (const [scope, why] of [
      [damaged, "damaged"],
      [gone, "no longer there"],
    ] as const) {
      await restore(scope);
      expect(await getThread(scope)).toMatchObject({ status: "idle" });
      expect(await lastNotice(scope)).toMatchObject({ kind: "restored", message: expect.stringContaining(why) });
      expect(await readFile(join(treeOf(scope), "new.txt"), "utf8")).toBe("new\n");
      expect(await readFile(join(treeOf(scope), "nested/file"), "utf8")).toBe("in\n");
      expect(existsSync(join(treeOf(scope), "logs"))).toBe(false);
    }
    expect(existsSync(file)).toBe(true);
  });

  test("a failed thread is a failed one again", async () => {
    const scope = await stage.prompt("Hello", "demo/scenario-400");
    expect((await settled(scope)).status).toBe("failed");
    await archive(scope);
    await restore(scope);
    expect((await getThread(scope)).status).toBe("failed");
  });

  test("nothing is removed when no archive can be made, and the thread says so", async () => {
    const scope = await worked();
    const before = await portrait(treeOf(scope));
    await mkdir(join(stage.homeDir, "archives"), { recursive: true });
    await writeFile(archivesOf(scope), "in the way");
    const { jobId } = await requestArchive(scope, { keepIgnored: true });
    await stage.poke(scope.threadId);
    await until(
      async () => (await stage.db.prisma.threadJob.findUniqueOrThrow({ where: { id: jobId } })).status === "failed",
    );
    expect(await getThread(scope)).toMatchObject({ status: "idle", archivedAt: null });
    expect(await portrait(treeOf(scope))).toEqual(before);
    expect(await lastNotice(scope)).toMatchObject({ kind: "archiveFailed" });
    await rm(archivesOf(scope));
    await archive(scope);
    expect((await getThread(scope)).status).toBe("archived");
  });
});

describe("delete", () => {
  async function workflowStatus(threadId: string): Promise<string> {
    const connection = await Connection.connect({ address: stage.temporalAddress });
    try {
      return (await new Client({ connection }).workflow.getHandle(threadWorkflowId(threadId)).describe()).status.name;
    } finally {
      await connection.close();
    }
  }

  test.each([false, true])("leaves nothing but what was spent and who did what (archived: %s)", async (archived) => {
    const scope = await worked();
    await requestCommit(scope, { message: "Kept" });
    await stage.poke(scope.threadId);
    const { branch } = await getThread(scope);
    if (archived) await archive(scope);
    const { prisma } = stage.db;
    const usage = await prisma.usageRecord.count({ where: { threadId: scope.threadId } });
    await requestRemove(scope);
    await stage.poke(scope.threadId);
    await until(async () => (await prisma.thread.count({ where: { id: scope.threadId } })) === 0);
    await until(async () => (await workflowStatus(scope.threadId)) === "COMPLETED");
    for (const rows of [prisma.turn, prisma.item, prisma.threadJob, prisma.checkpointPack]) {
      expect(await (rows as typeof prisma.turn).count({ where: { threadId: scope.threadId } })).toBe(0);
    }
    expect(usage).toBeGreaterThan(0);
    expect(await prisma.usageRecord.count({ where: { threadId: scope.threadId } })).toBe(usage);
    const events = await prisma.auditEvent.findMany({ where: { resourceId: scope.threadId, action: "thread.remove" } });
    expect(events).toMatchObject([{ outcome: "ok", detail: { branch, archived, turns: 1 } }]);
    expect(existsSync(join(stage.homeDir, "worktrees", scope.threadId))).toBe(false);
    expect(existsSync(archivesOf(scope))).toBe(false);
    const refs = join(stage.homeDir, "repos", scope.projectId, "threads.git/refs");
    expect(existsSync(join(refs, "heddle/threads", scope.threadId))).toBe(false);
    expect(existsSync(join(refs, "heads", branch))).toBe(false);
  });

  test("the manifest in the row is what the file says", async () => {
    const scope = await worked(["echo a > a"]);
    await archive(scope);
    const row = await stage.db.prisma.thread.findUniqueOrThrow({ where: { id: scope.threadId } });
    const { id, file } = archiveManifest.parse(row.archive);
    expect(JSON.parse(await readFile(join(archivesOf(scope), id, "manifest.json"), "utf8"))).toMatchObject(file ?? {});
  });
});
