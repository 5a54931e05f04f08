import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { deleteWorkspace } from "./delete-workspace.ts";
import { emptyDeletedWorkspaces } from "./empty-workspaces.ts";
import { exportWorkspace } from "./export-workspace.ts";
import { finishTurn } from "./finish-turn.ts";
import { newId } from "./ids.ts";
import type { WorkspaceRole } from "./permissions.ts";
import { type Principal, workspaceScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { type FullWorkspace, makeFullWorkspace, testSecret } from "./testing/full-workspace.ts";
import { claimTestTurn, openTestThread } from "./testing/turns.ts";
import { workspaceRows } from "./testing/workspace-rows.ts";
import { createWorkspace, getWorkspace, listWorkspaces, renameWorkspace } from "./workspaces.ts";

let db: Database;
let close: () => Promise<void>;
let stays: FullWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  stays = await makeFullWorkspace(db, "stays");
});
afterAll(() => close());

const scopeOf = (workspace: FullWorkspace, role: WorkspaceRole, principal: Principal = workspace.principals[role]) =>
  workspaceScope(db, principal, workspace.id, "workspace.read");

async function remove(workspace: FullWorkspace, name = `Workspace ${workspace.mark}`) {
  return deleteWorkspace(await scopeOf(workspace, "owner"), { name });
}

const countsOf = async (workspace: FullWorkspace) =>
  Object.entries(await workspaceRows(db, workspace)).map(([table, { count }]) => ({ table, count }));

/** What outlives a workspace. */
const lasting = ["AuditEvent", "AuditHead"];

async function emptyAll(): Promise<void> {
  while (await emptyDeletedWorkspaces(db));
}

test("an owner makes a further one and gets no token for the browser", async () => {
  const { id, token } = await createWorkspace(await scopeOf(stays, "owner"), { name: "Second" });
  expect(token).toBeNull();
  expect(await db.prisma.apiToken.count({ where: { workspaceId: id } })).toBe(0);
  const principal = stays.principals.owner;
  const joined = await listWorkspaces({ db, principal });
  expect(joined.map(({ name, role }) => [name, role])).toEqual([
    ["Workspace stays", "owner"],
    ["Second", "owner"],
  ]);
  const scope = await workspaceScope(db, principal, id, "workspace.manage");
  await renameWorkspace(scope, { name: "Third" });
  expect(await getWorkspace(scope)).toMatchObject({ id, name: "Third" });
  const last = await db.prisma.auditEvent.findFirst({ where: { workspaceId: id }, orderBy: { seq: "desc" } });
  expect(last).toMatchObject({ action: "workspace.rename", detail: { name: "Third" } });
});

test("deleted, it is out of everybody's reach at once, and its turns stop", async () => {
  const workspace = await makeFullWorkspace(db, "goes");
  const { threadId } = await openTestThread(db, workspace);
  const { turnId } = await claimTestTurn(db, threadId);
  await expect(remove(workspace, "Workspace stays")).rejects.toMatchObject({ code: "BAD_INPUT" });
  const via = { type: "token", tokenId: workspace.tokenId, workspaceId: workspace.id, role: "owner" } as const;
  const byToken = await scopeOf(workspace, "owner", { ...workspace.principals.owner, via });
  const named = { name: "Workspace goes" };
  await expect(deleteWorkspace(byToken, named)).rejects.toMatchObject({ code: "FORBIDDEN" });
  const admin = await scopeOf(workspace, "admin");
  await expect(deleteWorkspace(admin, named)).rejects.toMatchObject({ code: "FORBIDDEN" });

  const { threadIds } = await remove(workspace);
  expect(threadIds).toContain(threadId);
  for (const role of ["owner", "auditor"] as const) {
    await expect(scopeOf(workspace, role)).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
  expect(await db.prisma.turn.findUnique({ where: { id: turnId } })).toMatchObject({ status: "running" });
  expect((await db.prisma.turn.findUniqueOrThrow({ where: { id: turnId } })).interruptedAt).not.toBeNull();

  await emptyAll();
  // Not under the hands of the worker.
  expect(await db.prisma.thread.findMany({ where: { workspaceId: workspace.id } })).toMatchObject([{ id: threadId }]);
  await finishTurn(db, threadId, turnId, { status: "failed", code: "INTERRUPTED" });
  const others = await workspaceRows(db, stays);
  await emptyAll();

  const left = (await countsOf(workspace)).filter(({ count }) => count > 0);
  expect(left.map(({ table }) => table).sort()).toEqual(lasting);
  expect(await workspaceRows(db, stays)).toEqual(others);
  const told = await db.prisma.auditEvent.findMany({ where: { workspaceId: workspace.id }, orderBy: { seq: "asc" } });
  const actions = told.map(({ action }) => action);
  expect(actions.filter((action) => action === "thread.remove")).toHaveLength(3);
  expect(actions.slice(-2)).toEqual(["project.remove", "workspace.remove"]);
});

test("every table that a workspace has rows in is filled, so that the tests about all of them say so", async () => {
  const empty = (await countsOf(stays)).filter(({ count }) => count === 0);
  expect(empty).toEqual([]);
});

test("the first one stays: nobody gets into its place", async () => {
  await expect(remove(stays)).rejects.toMatchObject({ code: "FIRST_WORKSPACE" });
  const other = await makeFullWorkspace(db, "other");
  const offered = async (workspace: FullWorkspace) =>
    (await getWorkspace(await scopeOf(workspace, "owner"))).permissions;
  expect(await offered(stays)).not.toContain("workspace.delete");
  expect(await offered(other)).toContain("workspace.delete");
});

async function exported(workspace: FullWorkspace, role: WorkspaceRole): Promise<Record<string, object[]>> {
  const parts: Record<string, object[]> = {};
  for await (const { name, rows } of exportWorkspace(await scopeOf(workspace, role))) parts[name] = rows;
  return parts;
}

test("an export has what its maker may see, and no secret", async () => {
  const workspace = await makeFullWorkspace(db, "exported");
  const parts = await exported(workspace, "owner");
  const { threadId, privateThreadId, turnId, itemId, projectId } = workspace;
  expect(parts.about).toMatchObject([{ privateThreadsLeftOut: 1 }]);
  expect(parts.threads).toMatchObject([{ id: threadId, title: "Thread exported" }]);
  expect(parts.projects).toMatchObject([{ id: projectId, members: [{ role: "maintainer" }] }]);
  expect(parts.turns).toMatchObject([{ id: turnId, prompt: "Prompt exported" }, { number: 2 }]);
  expect(parts.items).toMatchObject([{ id: itemId, data: { output: "exported" } }]);
  expect(parts.members).toHaveLength(5);
  expect(parts.audit).toMatchObject([{ detail: { mark: "exported" } }, { action: "workspace.export" }]);
  const text = JSON.stringify(parts);
  expect(text).not.toContain(testSecret);
  expect(text).not.toContain("Envelope");
  expect(text).not.toContain("stays");

  const all = await exported(workspace, "auditor");
  expect(all.threads?.map((row) => (row as { id: string }).id).sort()).toEqual([threadId, privateThreadId].sort());
  expect(all.audit).toHaveLength(3);
});

test("an export of many rows comes in several parts, each row once", async () => {
  const workspace = await makeFullWorkspace(db, "many");
  const { threadId, turnId } = workspace;
  const item = { threadId, turnId, step: 2, type: "agentMessage", status: "completed", data: { text: "x" } } as const;
  await db.prisma.item.createMany({
    data: Array.from({ length: 1_200 }, (_, index) => ({
      ...item,
      id: newId(),
      position: index + 10,
      seq: index + 10,
    })),
  });
  const parts = await exported(workspace, "owner");
  const names = Object.keys(parts).filter((name) => name.startsWith("items"));
  expect(names).toEqual(["items", "items-2", "items-3"]);
  const ids = names.flatMap((name) => parts[name] ?? []).map((row) => (row as { id: string }).id);
  expect(new Set(ids).size).toBe(1_201);
});
