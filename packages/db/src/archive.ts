import { z } from "zod";
import { type ArchiveInput, type ArchiveManifest, archiveManifest } from "./archive.schema.ts";
import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import { Prisma } from "./generated/client.ts";
import { assertJobOpen, endJob, requestJob } from "./jobs.ts";
import { mutate } from "./mutate.ts";
import { putNotice } from "./notices.ts";
import { assertNoTurn, assertNotUnder, assertThreadOpen } from "./open-thread.ts";
import type { JobScope } from "./run-scope.ts";
import type { ThreadScope } from "./scope.ts";
import { changeThread } from "./thread-change.ts";

type Requested = Promise<{ jobId: string }>;

/**
 * Asks the thread's worker to set the worktree aside; commits asked for before are made first.
 * @throws THREAD_BUSY while a turn runs or waits, THREAD_ARCHIVED
 */
export function requestArchive(scope: ThreadScope, input: ArchiveInput): Requested {
  const request = { kind: "archive", action: "thread.archive_request", input, joins: true } as const;
  return requestJob(scope, request, async (tx, thread) => {
    await assertThreadOpen(tx, thread);
    await assertNoTurn(tx, thread.id);
  });
}

/** Asks for an archived thread's worktree back. @throws NOT_ARCHIVED, THREAD_BUSY while it is being deleted */
export function requestRestore(scope: ThreadScope): Requested {
  return requestJob(scope, { kind: "restore", action: "thread.restore_request", joins: true }, async (tx, thread) => {
    await assertNotUnder(tx, thread.id, ["remove"]);
    if (thread.status !== "archived") throw new AppError("NOT_ARCHIVED");
  });
}

/** Asks for the thread to be deleted for good, archived or not. @throws THREAD_BUSY while a turn runs or waits */
export function requestRemove(scope: ThreadScope): Requested {
  const request = { kind: "remove", action: "thread.remove_request", joins: true } as const;
  return requestJob(scope, request, (tx, thread) => assertNoTurn(tx, thread.id));
}

/** The manifest of an archived thread, `null` for one that is not. */
export function readManifest(thread: { archive: Prisma.JsonValue }): ArchiveManifest | null {
  return thread.archive === null ? null : archiveManifest.parse(thread.archive);
}

/**
 * The archive is made and verified: from here on the thread is archived, whatever becomes of its worktree.
 * @param notice for people
 * @throws THREAD_BUSY when a turn has come up meanwhile, FENCED
 */
export async function recordArchive(scope: JobScope, manifest: ArchiveManifest, notice: string): Promise<void> {
  const { file, hostId, keepIgnored } = manifest;
  const detail = { hostId, keepIgnored, files: file?.files ?? 0, sizeBytes: file?.sizeBytes ?? 0 };
  await mutate(scope, { ...about(scope, "thread.archive"), detail }, (tx, after) =>
    changeThread(
      tx,
      after,
      scope.threadId,
      async (change) => {
        await assertJobOpen(tx, scope.jobId);
        await assertNoTurn(tx, scope.threadId);
        change.set({ status: "archived", archivedAt: new Date(), archive: manifest });
        await putNotice(tx, change, { id: `${scope.jobId}/archived`, kind: "archived", message: notice });
        after({ k: "workspace", w: scope.workspaceId });
      },
      scope.fence,
    ),
  );
}

/** The worktree is back; ends the job. @param complete false when something the archive held is not */
export async function recordRestore(
  scope: JobScope,
  manifest: ArchiveManifest | null,
  restored: { complete: boolean; notice: string },
): Promise<void> {
  const entry = { ...about(scope, "thread.restore"), detail: { complete: restored.complete } };
  await mutate(scope, entry, (tx, after) =>
    changeThread(
      tx,
      after,
      scope.threadId,
      async (change) => {
        await endJob(tx, after, scope, {});
        change.set({ status: manifest?.status ?? "idle", archivedAt: null, archive: Prisma.DbNull });
        await putNotice(tx, change, { id: `${scope.jobId}/restored`, kind: "restored", message: restored.notice });
        after({ k: "workspace", w: scope.workspaceId });
      },
      scope.fence,
    ),
  );
}

/** Deletes the thread's rows, this job's too; what was spent and who did what stays on record. */
export async function deleteThread(scope: JobScope): Promise<void> {
  const { prisma } = scope.db;
  const where = { threadId: scope.threadId };
  const [thread, turns, items] = await Promise.all([
    prisma.thread.findUniqueOrThrow({ where: { id: scope.threadId } }),
    prisma.turn.count({ where }),
    prisma.item.count({ where }),
  ]);
  const { projectId, branch, headCommit, lastCheckpoint, createdById, status } = thread;
  const detail = { projectId, branch, headCommit, lastCheckpoint, createdById, archived: status === "archived" };
  await mutate(scope, { ...about(scope, "thread.remove"), detail: { ...detail, turns, items } }, (tx, after) =>
    changeThread(
      tx,
      after,
      scope.threadId,
      async () => {
        await assertNoTurn(tx, scope.threadId);
        await tx.thread.delete({ where: { id: scope.threadId } });
        after({ k: "workspace", w: scope.workspaceId });
        after({ k: "job", t: scope.threadId, j: scope.jobId });
      },
      scope.fence,
    ),
  );
}

export type KnownThread = {
  id: string;
  projectId: string;
  hostId: string | null;
  /** Of an archived thread; `fileId` names the folder of its file, if it has one. */
  archive: { fileId: string | null } | null;
};

/** Those of these ids that threads have. */
export async function threadsAmong(db: Database, ids: readonly string[]): Promise<KnownThread[]> {
  const threads = await db.prisma.thread.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, projectId: true, hostId: true, status: true, archive: true },
  });
  return threads.map(({ status, archive, ...thread }) => {
    const manifest = status === "archived" ? readManifest({ archive }) : null;
    return { ...thread, archive: manifest && { fileId: manifest.file && manifest.id } };
  });
}

const removedThread = z.object({ projectId: z.string(), branch: z.string() });

/** Of these ids, which no thread has, those whose thread was deleted, by the word of the audit log. */
export async function deletedAmong(
  db: Database,
  ids: readonly string[],
): Promise<{ id: string; projectId: string; branch: string }[]> {
  if (ids.length === 0) return [];
  const where = { action: "thread.remove", outcome: "ok", resourceId: { in: [...ids] } };
  const events = await db.prisma.auditEvent.findMany({ where });
  return events.map(({ resourceId, detail }) => ({ id: resourceId, ...removedThread.parse(detail) }));
}

/** Of these ids of projects, which no row has: `deleted` by the word of the audit log, and those that it does not know. */
export async function missingProjects(
  db: Database,
  ids: readonly string[],
): Promise<{ deleted: string[]; unknown: string[] }> {
  const known = await db.prisma.project.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
  const missing = ids.filter((id) => !known.some((project) => project.id === id));
  if (missing.length === 0) return { deleted: [], unknown: [] };
  const where = { action: "project.remove", outcome: "ok", resourceId: { in: missing } };
  const events = await db.prisma.auditEvent.findMany({ where, select: { resourceId: true } });
  const deleted = missing.filter((id) => events.some(({ resourceId }) => resourceId === id));
  return { deleted, unknown: missing.filter((id) => !deleted.includes(id)) };
}

const about = (scope: JobScope, action: string) => ({ action, resource: { type: "thread", id: scope.threadId } });
