import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { logDecisions, type NewDecision, networkLists, networkLog, newDecision } from "./network-decisions.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { claimTestTurn, openTestThread } from "./testing/turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const allowed = (host: string) => newDecision({ list: "commands", host, port: 443, reason: null });
const refused = (host: string) => newDecision({ list: "setup", host, port: 22, reason: "HOST_NOT_ALLOWED" });

test("the log holds what was decided, newest first, under the turn that ran", async () => {
  const scope = await openTestThread(db, workspace);
  expect(await networkLog(scope, {})).toEqual({ decisions: [], unlogged: 0 });
  await logDecisions(db, scope.threadId, [allowed("before.test")]);
  const { turnId } = await claimTestTurn(db, scope.threadId);
  await logDecisions(db, scope.threadId, [allowed("a.test"), refused("b.test")]);
  const { decisions } = await networkLog(scope, {});
  expect(decisions).toMatchObject([
    { list: "setup", host: "b.test", port: 22, allowed: false, reason: "HOST_NOT_ALLOWED", turnId },
    { list: "commands", host: "a.test", port: 443, allowed: true, reason: null, turnId },
    { host: "before.test", turnId: null },
  ]);
  expect(await networkLog(scope, { before: decisions[1]?.id })).toMatchObject({ decisions: [{ host: "before.test" }] });
  const other = await openTestThread(db, workspace);
  expect(await networkLog(other, {})).toEqual({ decisions: [], unlogged: 0 });
});

test("what is sent again is kept once", async () => {
  const scope = await openTestThread(db, workspace);
  const batch = [allowed("a.test"), refused("b.test")];
  await logDecisions(db, scope.threadId, batch, { unlogged: 3 });
  await logDecisions(db, scope.threadId, batch, { unlogged: 3 });
  expect(await networkLog(scope, {})).toMatchObject({ decisions: [{}, {}], unlogged: 3 });
});

test("comes in pages", async () => {
  const scope = await openTestThread(db, workspace);
  const batch = Array.from({ length: 250 }, (_, index) => allowed(`h${index}.test`));
  await logDecisions(db, scope.threadId, batch);
  const hosts: string[] = [];
  for (let before: string | undefined; ; ) {
    const { decisions } = await networkLog(scope, { before });
    if (decisions.length === 0) break;
    hosts.push(...decisions.map(({ host }) => host));
    before = decisions.at(-1)?.id;
  }
  expect(hosts).toEqual(batch.map(({ host }) => host).reverse());
});

test("has an end, from where on there is a number; refusals by the thousand hide nothing that was allowed", async () => {
  const scope = await openTestThread(db, workspace);
  const flood = (count: number): NewDecision[] =>
    Array.from({ length: count }, (_, index) => refused(`h${index}.test`));
  await logDecisions(db, scope.threadId, flood(4_999));
  await logDecisions(db, scope.threadId, [...flood(3), allowed("a.test")]);
  await logDecisions(db, scope.threadId, flood(10));
  const { decisions, unlogged } = await networkLog(scope, {});
  expect(unlogged).toBe(12);
  expect(decisions.filter((decision) => decision.allowed)).toMatchObject([{ host: "a.test" }]);
  expect(await db.prisma.networkDecision.count({ where: { threadId: scope.threadId } })).toBe(5_001);
});

test("a thread that is gone has no hosts and no log", async () => {
  const scope = await openTestThread(db, workspace);
  await db.prisma.project.update({ where: { id: workspace.projectId }, data: { allowedHosts: ["a.test"] } });
  expect(await networkLists(db, scope.threadId)).toEqual({ commands: ["a.test"], setup: [] });
  await db.prisma.thread.delete({ where: { id: scope.threadId } });
  expect(await networkLists(db, scope.threadId)).toEqual({ commands: [], setup: [] });
  await logDecisions(db, scope.threadId, [allowed("a.test")]);
  expect(await db.prisma.networkDecision.count({ where: { threadId: scope.threadId } })).toBe(0);
});
