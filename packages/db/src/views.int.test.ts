import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { type Principal, threadScope, workspaceScope } from "./scope.ts";
import { getSidebar, setSidebar } from "./sidebar.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { openTestThread } from "./testing/turns.ts";
import { listViewed, setViewed } from "./viewed.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const inWorkspace = (who: Principal) => workspaceScope(db, who, workspace.id, "workspace.read");

test("each member arranges a list of their own; what is not said stays", async () => {
  const [ada, ben] = await Promise.all([
    inWorkspace(workspace.principals.member),
    inWorkspace(workspace.principals.viewer),
  ]);
  const nothing = { pins: [], filter: { status: null, mine: false, projectId: null } };
  expect(await getSidebar(ada)).toEqual(nothing);
  await setSidebar(ada, { pins: ["b", "a", "b"] });
  await setSidebar(ada, { filter: { status: "failed", mine: true, projectId: null } });
  expect(await getSidebar(ada)).toEqual({
    pins: ["b", "a"],
    filter: { status: "failed", mine: true, projectId: null },
  });
  expect(await getSidebar(ben)).toEqual(nothing);
});

test("what one member has viewed is theirs alone, may be taken back, and ends with access", async () => {
  const { threadId } = await openTestThread(db, workspace);
  const as = (who: Principal) => threadScope(db, who, threadId, "thread.read");
  const ada = await as(workspace.principals.member);
  const ben = await as(workspace.principals.viewer);
  const [one, two] = ["1".repeat(64), "2".repeat(64)];
  for (const hash of [one, two, one]) await setViewed(ada, { hash, viewed: true });
  expect((await listViewed(ada)).sort()).toEqual([one, two]);
  expect(await listViewed(ben)).toEqual([]);
  await setViewed(ada, { hash: one, viewed: false });
  await setViewed(ada, { hash: one, viewed: false });
  expect(await listViewed(ada)).toEqual([two]);
  const stranger = await makeWorkspace(db);
  await expect(as(stranger.principals.owner)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("of very many viewed files the oldest are forgotten", async () => {
  const { threadId } = await openTestThread(db, workspace);
  const ada = await threadScope(db, workspace.principals.member, threadId, "thread.read");
  const { userId } = workspace.principals.member;
  const hashes = Array.from({ length: 5_001 }, (_, n) => n.toString(16).padStart(64, "0"));
  const at = (n: number) => new Date(Date.UTC(2020, 0, 1) + n * 1_000);
  await db.prisma.viewedPatch.createMany({ data: hashes.map((hash, n) => ({ threadId, userId, hash, at: at(n) })) });
  await setViewed(ada, { hash: "f".repeat(64), viewed: true });
  const left = new Set(await listViewed(ada));
  expect(left.size).toBe(5_000);
  expect([left.has("f".repeat(64)), left.has(hashes[0] ?? ""), left.has(hashes[2] ?? "")]).toEqual([true, false, true]);
});
