import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { listProjectMembers, removeProjectMember, setProjectMember, setProjectVisibility } from "./project-members.ts";
import { turnScope } from "./run-scope.ts";
import { type Principal, projectScope, threadScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { claimTestTurn, openTestThread } from "./testing/turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
beforeEach(async () => {
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const managing = (by: Principal = workspace.principals.admin) =>
  projectScope(db, by, workspace.projectId, "project.manage");
const shown = async (by: Principal = workspace.principals.admin) => {
  const { visibility, members } = await listProjectMembers(
    await projectScope(db, by, workspace.projectId, "project.read"),
  );
  return { visibility, roles: Object.fromEntries(members.map((one) => [one.workspaceRole, one.role])) };
};

test("an open project is everybody's; a restricted one is theirs who have a role in it, and of those who pass", async () => {
  const { member } = workspace.principals;
  const none = { owner: null, admin: null, auditor: null };
  expect(await shown()).toEqual({ visibility: "workspace", roles: { ...none, member: null, viewer: null } });
  await setProjectVisibility(await managing(), { visibility: "restricted" });
  expect(await shown()).toEqual({ visibility: "restricted", roles: none });
  await expect(shown(member)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await setProjectMember(await managing(), { userId: member.userId, role: "reviewer" });
  expect(await shown(member)).toEqual({ visibility: "restricted", roles: { ...none, member: "reviewer" } });
  await setProjectMember(await managing(), { userId: member.userId, role: "maintainer" });
  await removeProjectMember(await managing(member), { userId: member.userId });
  await expect(shown(member)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(removeProjectMember(await managing(), { userId: member.userId })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("nobody from outside the workspace gets a role", async () => {
  const { principals } = await makeWorkspace(db);
  for (const userId of [principals.member.userId, "nobody"]) {
    const given = setProjectMember(await managing(), { userId, role: "viewer" });
    await expect(given).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
  expect(await db.prisma.projectMember.count({ where: { projectId: workspace.projectId } })).toBe(0);
});

test("a role that is taken in mid-turn stops the turn at its next step", async () => {
  const { member } = workspace.principals;
  await setProjectMember(await managing(), { userId: member.userId, role: "contributor" });
  await setProjectVisibility(await managing(), { visibility: "restricted" });
  const { threadId } = await openTestThread(db, workspace);
  const turn = await claimTestTurn(db, threadId);
  await turnScope(db, turn.turnId);
  await setProjectMember(await managing(), { userId: member.userId, role: "viewer" });
  await expect(turnScope(db, turn.turnId)).rejects.toMatchObject({ code: "RIGHTS_LOST" });
  expect(await threadScope(db, member, threadId, "thread.read")).toMatchObject({ threadId });
  await removeProjectMember(await managing(), { userId: member.userId });
  await expect(turnScope(db, turn.turnId)).rejects.toMatchObject({ code: "RIGHTS_LOST" });
});
