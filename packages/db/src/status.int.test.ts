import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { databaseHealth } from "./health.ts";
import { startHost } from "./hosts.ts";
import { newId } from "./ids.ts";
import { readProviderStatus } from "./provider-status.ts";
import { noteAnswer } from "./providers.ts";
import { workspaceScope } from "./scope.ts";
import { readStatus } from "./status.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace, testProjectScope } from "./testing/fixtures.ts";
import { createThread } from "./threads.ts";

let store: Awaited<ReturnType<typeof openTestDatabase>>;
let workspace: TestWorkspace;
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

beforeAll(async () => {
  store = await openTestDatabase();
});
afterAll(() => store.close());
afterEach(() => vi.useRealTimers());
beforeEach(async () => {
  await store.db.prisma.host.deleteMany({ where: { threads: { none: {} } } });
  workspace = await makeWorkspace(store.db);
});

async function makeThread(options: { visibility?: "private" | "shared" } = {}) {
  const scope = await testProjectScope(store.db, workspace);
  return createThread(scope, { prompt: "Do it", visibility: options.visibility ?? "shared" });
}
async function status(role: "owner" | "auditor" = "owner") {
  const { db } = store;
  return readStatus(await workspaceScope(db, workspace.principals[role], workspace.id, "status.read"));
}

test("a prompt that no worker takes is stuck at once without a worker, and after a while with one", async () => {
  const { db } = store;
  const { id } = await makeThread();
  expect((await status()).stuck).toMatchObject([{ threadId: id, reason: "noHost", actions: ["open"] }]);
  expect((await status()).queues).toMatchObject([{ name: "prompts", waiting: 1 }, { waiting: 0 }, { waiting: 0 }]);
  await startHost(db, "status-a");
  expect((await status()).stuck).toEqual([]);
  await db.prisma.turn.updateMany({ where: { threadId: id }, data: { createdAt: minutesAgo(2) } });
  expect((await status()).stuck).toMatchObject([{ threadId: id, reason: "notTaken" }]);
});

test("a turn without progress can be interrupted; a failed one tried again; a waiting one opened", async () => {
  const { db } = store;
  await startHost(db, "status-b");
  const set = async (thread: object, turn: object) => {
    const { id } = await makeThread();
    await db.prisma.turn.updateMany({ where: { threadId: id }, data: turn });
    await db.prisma.thread.update({ where: { id }, data: thread });
    return id;
  };
  const slow = await set({ updatedAt: minutesAgo(30) }, { status: "running" });
  const failed = await set(
    { status: "failed", updatedAt: minutesAgo(20) },
    { status: "failed", errorCode: "TURN_LIMIT" },
  );
  const waits = await set({ status: "waiting", updatedAt: minutesAgo(10) }, { status: "running" });
  await set({ updatedAt: minutesAgo(5) }, { status: "running" });
  await set({ status: "idle" }, { status: "completed" });
  const { stuck } = await status();
  expect(stuck).toMatchObject([
    { threadId: slow, reason: "noProgress", actions: ["interrupt", "open"] },
    { threadId: failed, reason: "failed", actions: ["retry", "open"] },
    { threadId: waits, reason: "waits", actions: ["open", "interrupt"] },
  ]);
  expect(stuck[1]?.message).toContain("TURN_LIMIT");
  expect((await status("auditor")).stuck.map(({ actions }) => actions)).toEqual([["open"], ["open"], ["open"]]);
});

test("old failures do not hide what is stuck now", async () => {
  const { db } = store;
  await startHost(db, "status-c");
  const { id } = await makeThread();
  await db.prisma.turn.updateMany({ where: { threadId: id }, data: { createdAt: minutesAgo(2) } });
  const failed = await makeThread();
  await db.prisma.turn.updateMany({ where: { threadId: failed.id }, data: { status: "failed" } });
  const row = await db.prisma.thread.findUniqueOrThrow({ where: { id: failed.id } });
  const many = Array.from({ length: 120 }, (_, index) => ({
    ...row,
    archive: undefined,
    id: newId(),
    branch: `failed-${index}`,
    status: "failed" as const,
    updatedAt: minutesAgo(300 - index),
  }));
  await db.prisma.thread.createMany({ data: many });
  const { stuck } = await status();
  expect(stuck).toHaveLength(100);
  expect(stuck.at(-1)).toMatchObject({ threadId: id, reason: "notTaken" });
  expect(stuck[0]).toMatchObject({ threadId: many.at(-99)?.id, reason: "failed" });
});

test("a dead host's thread says so; other workspaces' threads and private titles stay out", async () => {
  const { db } = store;
  await startHost(db, "status-live");
  await startHost(db, "status-dead");
  await db.prisma.host.update({ where: { id: "status-dead" }, data: { leaseExpiresAt: minutesAgo(1) } });
  const { id } = await makeThread({ visibility: "private" });
  await db.prisma.thread.update({ where: { id }, data: { hostId: "status-dead" } });
  await db.prisma.turn.updateMany({ where: { threadId: id }, data: { status: "running" } });
  const { hosts, stuck } = await status();
  expect(stuck).toMatchObject([{ threadId: id, reason: "hostDead", title: null, actions: [] }]);
  expect(stuck[0]?.message).toContain("moves to another host");
  await db.prisma.host.update({ where: { id: "status-live" }, data: { drainingAt: minutesAgo(1) } });
  expect((await status()).stuck[0]?.message).toContain("when its host is back");
  const dead = hosts.find((host) => host.id === "status-dead");
  expect(dead).toMatchObject({ status: "dead", threads: 1, busy: 1 });
  workspace = await makeWorkspace(db);
  const other = await status();
  expect(other.stuck).toEqual([]);
  expect(other.hosts.find((host) => host.id === "status-dead")).toMatchObject({ threads: 0, busy: 0 });
});

test.each([-60, 60])("hosts are told live or dead by the database's clock: this one is %i s off", async (seconds) => {
  const { db } = store;
  await startHost(db, "status-fast");
  await startHost(db, "status-gone");
  await db.prisma.host.update({ where: { id: "status-gone" }, data: { leaseExpiresAt: new Date(Date.now() - 1_000) } });
  await makeThread();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1000 });
  const { hosts, stuck } = await status();
  const statusOf = (name: string) => hosts.find(({ id }) => id === name)?.status;
  expect([statusOf("status-fast"), statusOf("status-gone")]).toEqual(["live", "dead"]);
  expect(stuck).toEqual([]);
  expect(await databaseHealth(db)).toMatchObject({ worker: true });
  await db.prisma.host.deleteMany({ where: { id: "status-fast" } });
  expect(await databaseHealth(db)).toMatchObject({ worker: false });
});

test("health: a worker that misses its renewals is down, a provider until it answers again", async () => {
  const { db } = store;
  await db.prisma.host.updateMany({ data: { leaseExpiresAt: minutesAgo(1) } });
  expect(await databaseHealth(db)).toEqual({ postgres: true, worker: false, model: true });
  await startHost(db, "status-health");
  expect(await databaseHealth(db)).toMatchObject({ worker: true });
  await db.prisma.host.update({
    where: { id: "status-health" },
    data: { leaseExpiresAt: new Date(Date.now() + 4_000) },
  });
  expect(await databaseHealth(db)).toMatchObject({ worker: false });

  const providers = await db.prisma.provider.findMany();
  for (const { id } of providers) await noteAnswer(db, id, "auth");
  expect(await databaseHealth(db)).toMatchObject({ model: false });
  const [first] = providers;
  await noteAnswer(db, first?.id ?? "", null);
  expect(await databaseHealth(db)).toMatchObject({ model: true });
  await noteAnswer(db, first?.id ?? "", "server");
  await db.prisma.provider.updateMany({ data: { failedAt: minutesAgo(6) } });
  expect(await databaseHealth(db)).toMatchObject({ model: true });
});

test("a provider is told by its last request, however long ago, and to its own workspace alone", async () => {
  const { db } = store;
  await makeWorkspace(db);
  const scope = await workspaceScope(db, workspace.principals.auditor, workspace.id, "status.read");
  const own = { name: "demo", failure: null };
  expect(await readProviderStatus(scope)).toEqual([{ ...own, state: "unasked", at: null }]);
  const { id } = await db.prisma.provider.findFirstOrThrow({ where: { workspaceId: workspace.id } });
  await noteAnswer(db, id, null);
  expect(await readProviderStatus(scope)).toMatchObject([{ ...own, state: "well", at: expect.any(Date) }]);
  await noteAnswer(db, id, "auth");
  await db.prisma.provider.update({
    where: { id },
    data: { answeredAt: minutesAgo(700), failedAt: minutesAgo(600) },
  });
  expect(await readProviderStatus(scope)).toMatchObject([{ state: "failed", failure: "auth" }]);
  await noteAnswer(db, id, null);
  expect(await readProviderStatus(scope)).toMatchObject([{ ...own, state: "well" }]);
});
