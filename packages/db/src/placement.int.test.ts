import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { hasPack, listPacks, type PackToKeep, preparePack } from "./checkpoint-packs.ts";
import { databaseTime } from "./clock.ts";
import type { Database } from "./database.ts";
import type { Thread } from "./generated/client.ts";
import { loadHistory } from "./history.ts";
import { renewHost, setDraining, startHost } from "./hosts.ts";
import { newId } from "./ids.ts";
import { leaveHost, mustLeave, placeThread } from "./placement.ts";
import { progress, type TurnScope, turnScope } from "./run-scope.ts";
import { savePartialText } from "./run-step.ts";
import { appendOutput, claimTool, savePartialOutput } from "./run-tool.ts";
import { claimNext, noteFailure, recordBase, recordCheckpoint, recordUnchanged } from "./run-turn.ts";
import { workspaceScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace, testProjectScope } from "./testing/fixtures.ts";
import { answerStep } from "./testing/turns.ts";
import type { HostFence } from "./thread-change.ts";
import { createThread } from "./threads.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
/** The one that came with the installation. */
let first: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  first = await makeWorkspace(db);
});
afterAll(() => close());
beforeEach(async () => {
  workspace = await makeWorkspace(db);
  await db.prisma.thread.updateMany({ data: { hostId: null } });
  await db.prisma.host.deleteMany();
});

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
const base = "b".repeat(40);
const hostOf = async (threadId: string) => (await thread(threadId)).hostId;
const thread = (id: string): Promise<Thread> => db.prisma.thread.findUniqueOrThrow({ where: { id } });

/** A host whose worker has run for a minute. */
async function liveHost(id: string): Promise<HostFence> {
  const fence = await startHost(db, id);
  await db.prisma.host.update({ where: { id }, data: { liveSince: ago(60), leaseExpiresAt: ago(-3600) } });
  return fence;
}
const die = (id: string) => db.prisma.host.update({ where: { id }, data: { leaseExpiresAt: ago(1) } });

const packOf = (commit: string, ref: string, ...pieces: string[]): PackToKeep => ({
  commit,
  ref,
  async *pieces() {
    for (const piece of pieces) yield Buffer.from(piece);
  },
});

/** A running turn on the host, with its base fixed. */
async function runningTurn(fence: HostFence): Promise<TurnScope> {
  const { id } = await createThread(await testProjectScope(db, workspace), { prompt: "Do it", visibility: "shared" });
  await db.prisma.thread.update({ where: { id }, data: { hostId: fence.hostId } });
  const claim = await claimNext(db, id);
  if (claim?.kind !== "turn") throw new Error("no turn");
  const scope = await turnScope(db, claim.turnId, fence);
  await recordBase(scope, { baseRef: "main", baseCommit: base, instructions: null });
  return scope;
}

async function keep(scope: TurnScope, commit: string, keptAt = new Date(), ...pieces: string[]): Promise<void> {
  const ref = `refs/heddle/threads/${scope.threadId}`;
  const pack = await preparePack(scope, packOf(commit, ref, ...(pieces.length ? pieces : ["pack"])));
  await recordCheckpoint(scope, { commit, files: 1, additions: 1, deletions: 0, keptAt, pack });
}

/** A tool call that began now. */
async function startTool(scope: TurnScope): Promise<string> {
  const id = `${scope.turnId}/0/${newId()}`;
  const call = { id: "c", name: "shell", arguments: "{}" };
  await progress(scope, (_tx, change) =>
    change.putItem({
      id,
      turnId: scope.turnId,
      step: 0,
      type: "commandExecution",
      status: "running",
      data: {},
      model: { call },
    }),
  );
  await db.prisma.item.update({ where: { id }, data: { startedAt: new Date() } });
  return id;
}
const notices = (threadId: string) => db.prisma.item.findMany({ where: { threadId, type: "notice" } });

describe("a dead host", () => {
  test("loses its threads to a live one, is fenced off, and the thread tells so", async () => {
    const old = await liveHost("a");
    await liveHost("b");
    const scope = await runningTurn(old);
    await keep(scope, "c1", new Date("2026-01-02T03:04:05.678Z"));
    expect(await placeThread(db, scope.threadId)).toBe("a");
    await die("a");
    await leaveHost(db, { threadId: scope.threadId, hostId: "a" });
    expect(await thread(scope.threadId)).toMatchObject({ hostId: "b", moves: 1 });
    expect(await notices(scope.threadId)).toMatchObject([
      {
        id: `${scope.turnId}/moved/1`,
        step: -1,
        data: {
          kind: "hostMoved",
          message: expect.stringContaining("as of the last checkpoint, 2026-01-02 03:04:05 UTC"),
        },
      },
    ]);
    const [turn] = await loadHistory(scope);
    expect(turn?.steps).toEqual([{ note: expect.stringContaining("stopped answering") }]);
    expect(await renewHost(db, old)).toBe(false);
    await leaveHost(db, { threadId: scope.threadId, hostId: "a" });
    expect(await placeThread(db, scope.threadId)).toBe("b");
    expect(await notices(scope.threadId)).toHaveLength(1);
  });

  test("keeps them while there is no other, or none that takes new work", async () => {
    const scope = await runningTurn(await liveHost("a"));
    await die("a");
    expect(await placeThread(db, scope.threadId)).toBe("a");
    await liveHost("b");
    await db.prisma.host.update({ where: { id: "b" }, data: { drainingAt: new Date() } });
    expect(await placeThread(db, scope.threadId)).toBe("a");
    await db.prisma.host.update({ where: { id: "b" }, data: { drainingAt: null } });
    expect(await placeThread(db, scope.threadId)).toBe("b");
  });

  test("is not one whose lease ran out because the database was away", async () => {
    const [a, b] = [await liveHost("a"), await liveHost("b")];
    const scope = await runningTurn(a);
    await Promise.all([die("a"), die("b")]);
    expect(await renewHost(db, b)).toBe(true);
    expect(await placeThread(db, scope.threadId)).toBe("a");
    expect(await renewHost(db, a)).toBe(true);
    await db.prisma.host.update({ where: { id: "b" }, data: { liveSince: ago(16) } });
    expect(await placeThread(db, scope.threadId)).toBe("a");
    await die("a");
    expect(await placeThread(db, scope.threadId)).toBe("b");
  });

  test("is waited for when nobody else can have the files", async () => {
    const scope = await runningTurn(await liveHost("a"));
    await liveHost("b");
    await keep(scope, "c1");
    await die("a");
    await db.prisma.checkpointPack.deleteMany({ where: { threadId: scope.threadId } });
    expect(await placeThread(db, scope.threadId)).toBe("a");
  });

  test("that was busy only keeps them", async () => {
    const scope = await runningTurn(await liveHost("a"));
    await liveHost("b");
    await leaveHost(db, { threadId: scope.threadId, hostId: "a" });
    expect(await hostOf(scope.threadId)).toBe("a");
  });
});

describe("a host that drains", () => {
  const drain = async (hostId: string, draining = true) =>
    setDraining(await workspaceScope(db, first.principals.owner, first.id, "host.manage"), hostId, draining);

  test("is none of another workspace's business", async () => {
    await liveHost("a");
    const scope = await workspaceScope(db, workspace.principals.owner, workspace.id, "host.manage");
    await expect(setDraining(scope, "a", true)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await db.prisma.host.count({ where: { drainingAt: { not: null } } })).toBe(0);
  });

  test("is chosen for new threads only where there is no other", async () => {
    await liveHost("a");
    await liveHost("b");
    await drain("a");
    const place = async () => {
      const { id } = await createThread(await testProjectScope(db, workspace), { prompt: "x", visibility: "shared" });
      return placeThread(db, id);
    };
    expect([await place(), await place(), await place()]).toEqual(["b", "b", "b"]);
    await die("b");
    expect(await place()).toBe("a");
  });

  test("gives a running turn away once its last checkpoint holds everything", async () => {
    const scope = await runningTurn(await liveHost("a"));
    expect(await mustLeave(scope)).toBe(false);
    await liveHost("b");
    expect(await mustLeave(scope)).toBe(false);
    await drain("a");
    expect(await mustLeave(scope)).toBe(true);
    await recordUnchanged(scope, new Date());
    expect(await placeThread(db, scope.threadId)).toBe("a");
    await startTool(scope);
    expect(await placeThread(db, scope.threadId)).toBe("a");
    await keep(scope, "c1", ago(60));
    expect(await placeThread(db, scope.threadId)).toBe("a");
    await recordUnchanged(scope, new Date());
    expect(await placeThread(db, scope.threadId)).toBe("b");
    expect(await notices(scope.threadId)).toMatchObject([
      { step: -1, data: { kind: "hostMoved", message: expect.stringContaining("is being emptied") } },
    ]);
    expect(await mustLeave(scope)).toBe(false);
  });

  test.each([-300, 300])("keeps what its last checkpoint does not hold, its clock %i s off", async (seconds) => {
    const scope = await runningTurn(await liveHost("a"));
    await liveHost("b");
    await drain("a");
    await keep(scope, "c1", await databaseTime(db.prisma));
    const { toolItemIds } = await answerStep(scope, 0, { calls: ["true"] });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1000 });
    await claimTool(scope, toolItemIds[0] as string).finally(() => vi.useRealTimers());
    expect(await placeThread(db, scope.threadId)).toBe("a");
    await recordUnchanged(scope, await databaseTime(db.prisma));
    expect(await placeThread(db, scope.threadId)).toBe("b");
  });

  test("does its threads' jobs itself, and keeps all when taken back", async () => {
    const scope = await runningTurn(await liveHost("a"));
    await liveHost("b");
    await drain("a");
    await db.prisma.turn.updateMany({ where: { threadId: scope.threadId }, data: { status: "completed" } });
    expect(await placeThread(db, scope.threadId)).toBe("a");
    await drain("a", false);
    await db.prisma.turn.updateMany({ where: { threadId: scope.threadId }, data: { status: "running" } });
    expect(await placeThread(db, scope.threadId)).toBe("a");
    const events = await db.prisma.auditEvent.findMany({ where: { resourceType: "host" }, orderBy: { seq: "asc" } });
    expect(
      events
        .filter(({ workspaceId }) => workspaceId === first.id)
        .map(({ action }) => action)
        .slice(-2),
    ).toEqual(["host.drain", "host.undrain"]);
    await expect(drain("none")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("packs", () => {
  test("count with the checkpoint that they belong to, in order, whatever their size", async () => {
    const scope = await runningTurn(await liveHost("a"));
    const ref = `refs/heddle/threads/${scope.threadId}`;
    await preparePack(scope, packOf("c1", ref, "one", "two", "three", "four"));
    expect(await listPacks(scope)).toEqual([]);
    expect(await hasPack(db.prisma, scope.threadId, "c1")).toBe(false);
    await keep(scope, "c1", new Date(), "ONE", "TWO");
    await keep(scope, "c2");
    const read = [];
    for (const pack of await listPacks(scope)) {
      for await (const piece of pack.pieces()) read.push([pack.commit, pack.ref, Buffer.from(piece).toString()]);
    }
    expect(read).toEqual([
      ["c1", ref, "ONE"],
      ["c1", ref, "TWO"],
      ["c2", ref, "pack"],
    ]);
    expect(await hasPack(db.prisma, scope.threadId, "c1")).toBe(true);
  });
});

describe("a worker that was fenced off", () => {
  const fences: [string, (fence: HostFence) => HostFence][] = [
    ["of the host", (fence) => fence],
    ["of any host", (fence) => ({ ...fence, anywhere: true })],
  ];
  test.each(fences)("writes nothing at a step %s", async (_, fenceOf) => {
    const old = await liveHost("a");
    await liveHost("b");
    const current = await runningTurn(old);
    const itemId = await startTool(current);
    const scope = await turnScope(db, current.turnId, fenceOf(old));
    await appendOutput(scope, itemId, 0, Buffer.from("before"));
    await die("a");
    expect(await placeThread(db, scope.threadId)).toBe("b");
    const rows = async () => {
      const [turns, items, chunks, packs] = await Promise.all([
        db.prisma.turn.findMany({ where: { threadId: scope.threadId } }),
        db.prisma.item.findMany({ where: { threadId: scope.threadId }, orderBy: { id: "asc" } }),
        db.prisma.outputChunk.findMany({ where: { item: { threadId: scope.threadId } } }),
        db.prisma.checkpointPack.count({ where: { threadId: scope.threadId } }),
      ]);
      return { thread: await thread(scope.threadId), turns, items, chunks, packs };
    };
    const before = await rows();
    expect(before.chunks).toHaveLength(1);
    const fenced = { code: "FENCED" };
    await appendOutput(scope, itemId, 1, Buffer.from("late"));
    await savePartialOutput(scope, itemId, {}, "late");
    await savePartialText(scope, itemId, "demo/demo", 0, "late");
    await recordUnchanged(scope, new Date());
    await expect(noteFailure(scope, { code: "INTERNAL", message: "late" })).rejects.toMatchObject(fenced);
    await expect(keep(scope, "late")).rejects.toMatchObject(fenced);
    await expect(keep(scope, "late", new Date(), "a", "b")).rejects.toMatchObject(fenced);
    expect(await rows()).toEqual(before);
  });
});
