import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { readEnvironment, setEnvironment, waitingThreads } from "./environment.ts";
import { finishTurn } from "./finish-turn.ts";
import { interruptTurn } from "./interrupts.ts";
import { listItems } from "./items.ts";
import { networkLists } from "./network-decisions.ts";
import type { WorkspaceRole } from "./permissions.ts";
import { setEnvironmentInput } from "./projects.schema.ts";
import { createProject } from "./projects.ts";
import { type TurnScope, turnScope } from "./run-scope.ts";
import { claimSetup, completeSetup, type SetupClaim } from "./run-setup.ts";
import { claimNext } from "./run-turn.ts";
import { projectScope, type ThreadScope, threadScope, workspaceScope } from "./scope.ts";
import { createSecretBox } from "./secrets.ts";
import { answeredThreads, decideSetup, retrySetup } from "./setup.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace, testProjectScope } from "./testing/fixtures.ts";
import { createThread, getThread } from "./threads.ts";
import { sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
afterAll(() => close());
beforeEach(async () => {
  workspace = await makeWorkspace(db);
});

const script = "npm ci";
const setupHosts = ["registry.example"];

async function set(input: Parameters<typeof setEnvironmentInput.parse>[0], role: WorkspaceRole = "admin") {
  const scope = await projectScope(db, workspace.principals[role], workspace.projectId, "project.manage");
  return setEnvironment(scope, setEnvironmentInput.parse(input));
}

async function newTurn(): Promise<{ scope: ThreadScope; turn: TurnScope }> {
  const thread = await createThread(await testProjectScope(db, workspace), { prompt: "Do it", visibility: "shared" });
  return { scope: await as("member", thread.id), turn: await nextTurn(thread.id) };
}

const as = (role: WorkspaceRole, threadId: string) =>
  threadScope(db, workspace.principals[role], threadId, "thread.prompt");

async function nextTurn(threadId: string): Promise<TurnScope> {
  const claim = await claimNext(db, threadId);
  if (claim?.kind !== "turn") throw new Error("no turn to claim");
  return turnScope(db, claim.turnId);
}

async function itemsOf(scope: ThreadScope, type: "approvalRequest" | "commandExecution" | "notice") {
  return (await listItems(scope, { after: 0 })).items.filter((item) => item.type === type);
}

async function end(turn: TurnScope, claim: SetupClaim, worktree: string, outcome: "completed" | "failed") {
  if (claim.state !== "run") throw new Error(`not claimed: ${claim.state}`);
  const data = { ...claim.data, exitCode: outcome === "failed" ? 1 : 0, durationMs: 5 };
  await completeSetup(turn, { itemId: claim.itemId, worktree, outcome, data });
}

const statusOf = async (scope: ThreadScope) => {
  const { status, setupStatus } = await getThread(scope);
  return `${status} ${setupStatus}`;
};

describe("a script that somebody has agreed to", () => {
  beforeEach(() => set({ setupScript: script, setupHosts, approve: true }));

  test("is claimed once for a worktree, with its item started before it runs, and again for the next worktree", async () => {
    const { scope, turn } = await newTurn();
    const claim = await claimSetup(turn, "one");
    expect(claim).toMatchObject({ state: "run", script });
    expect(await statusOf(scope)).toBe("running running");
    const [item] = await db.prisma.item.findMany({ where: { turnId: turn.turnId, type: "commandExecution" } });
    expect(item).toMatchObject({ status: "running", startedAt: expect.any(Date), data: { purpose: "setup" } });
    await end(turn, claim, "one", "completed");
    expect(await statusOf(scope)).toBe("running done");
    expect(await claimSetup(turn, "one")).toEqual({ state: "ready" });
    await set({ setupScript: "npm ci --else", setupHosts, approve: true });
    expect(await claimSetup(turn, "one")).toEqual({ state: "ready" });
    expect(await claimSetup(turn, "two")).toMatchObject({ state: "run", script: "npm ci --else" });
  });

  test("runs again after its worker was killed; the lost run is told", async () => {
    const { scope, turn } = await newTurn();
    await claimSetup(turn, "one");
    const second = await claimSetup(turn, "one");
    await end(turn, second, "one", "completed");
    expect((await itemsOf(scope, "commandExecution")).map(({ status }) => status)).toEqual([
      "interrupted",
      "completed",
    ]);
    expect((await itemsOf(scope, "commandExecution"))[0]).toMatchObject({
      note: expect.stringContaining("runs again"),
    });
  });

  test("a result that comes late changes nothing", async () => {
    const { turn } = await newTurn();
    const first = await claimSetup(turn, "one");
    const second = await claimSetup(turn, "one");
    await end(turn, first, "one", "completed");
    expect(await db.prisma.thread.findUniqueOrThrow({ where: { id: turn.threadId } })).toMatchObject({
      setupStatus: "running",
    });
    await end(turn, second, "one", "failed");
  });

  test("that fails ends its turn, and runs again with the next turn, or when asked to", async () => {
    const { scope, turn } = await newTurn();
    await end(turn, await claimSetup(turn, "one"), "one", "failed");
    await finishTurn(db, turn.threadId, turn.turnId, { status: "failed", code: "SETUP_FAILED" });
    expect(await statusOf(scope)).toBe("failed failed");
    await retrySetup(scope);
    expect(await statusOf(scope)).toBe("running none");
    const again = await nextTurn(turn.threadId);
    expect(again.turnId).toBe(turn.turnId);
    await end(again, await claimSetup(again, "one"), "one", "failed");
    await finishTurn(db, turn.threadId, turn.turnId, { status: "failed", code: "SETUP_FAILED" });
    await sendTurn(scope, { prompt: "Once more" });
    expect(await claimSetup(await nextTurn(turn.threadId), "one")).toMatchObject({ state: "run" });
  });

  test("that has failed can be skipped for good: the turn goes on, and later worktrees do without", async () => {
    const { scope, turn } = await newTurn();
    await end(turn, await claimSetup(turn, "one"), "one", "failed");
    await finishTurn(db, turn.threadId, turn.turnId, { status: "failed", code: "SETUP_FAILED" });
    await decideSetup(scope, { decision: "skip" });
    expect(await claimSetup(await nextTurn(turn.threadId), "two")).toEqual({ state: "ready" });
    expect(await statusOf(scope)).toBe("running skipped");
    expect(await itemsOf(scope, "notice")).toMatchObject([{ kind: "setupSkipped" }]);
    await retrySetup(scope);
    expect(await claimSetup(turn, "two")).toMatchObject({ state: "run" });
  });

  test("is left to the next turn when its turn ends before it does", async () => {
    const { scope, turn } = await newTurn();
    await claimSetup(turn, "one");
    await interruptTurn(scope);
    await finishTurn(db, turn.threadId, turn.turnId, { status: "failed", code: "INTERRUPTED" });
    expect(await statusOf(scope)).toBe("idle none");
    expect(await itemsOf(scope, "commandExecution")).toMatchObject([{ status: "interrupted" }]);
    await sendTurn(scope, { prompt: "Go on" });
    expect(await claimSetup(await nextTurn(turn.threadId), "one")).toMatchObject({ state: "run" });
  });
});

test("a script written later leaves worktrees as they are, until somebody asks for it", async () => {
  const { scope, turn } = await newTurn();
  await expect(retrySetup(scope)).rejects.toMatchObject({ code: "NO_SETUP_SCRIPT" });
  expect(await claimSetup(turn, "one")).toEqual({ state: "ready" });
  await set({ setupScript: script, setupHosts: [], approve: true });
  expect(await claimSetup(turn, "one")).toEqual({ state: "ready" });
  await retrySetup(scope);
  expect(await claimSetup(turn, "one")).toMatchObject({ state: "run" });
});

describe("a script that nobody has agreed to", () => {
  beforeEach(() => set({ setupScript: script, setupHosts }));

  test("makes the thread wait and is asked for once, with all that it may do", async () => {
    const { scope, turn } = await newTurn();
    expect(await claimSetup(turn, "one")).toEqual({ state: "waiting" });
    expect(await claimSetup(turn, "one")).toEqual({ state: "waiting" });
    expect(await statusOf(scope)).toBe("waiting asked");
    expect(await itemsOf(scope, "approvalRequest")).toMatchObject([{ status: "running", script, hosts: setupHosts }]);
    expect(await answeredThreads(db)).not.toContain(scope.threadId);
  });

  test("runs once an admin has agreed, in every thread that waits", async () => {
    const [one, two] = [await newTurn(), await newTurn()];
    for (const { turn } of [one, two]) await claimSetup(turn, "w");
    await decideSetup(await as("admin", one.scope.threadId), { decision: "run" });
    expect((await waitingThreads(one.scope)).sort()).toEqual([one.scope.threadId, two.scope.threadId].sort());
    expect(await answeredThreads(db)).toEqual(expect.arrayContaining([one.scope.threadId, two.scope.threadId]));
    for (const { scope, turn } of [one, two]) {
      expect(await claimSetup(turn, "w")).toMatchObject({ state: "run" });
      expect(await statusOf(scope)).toBe("running running");
      expect(await itemsOf(scope, "approvalRequest")).toMatchObject([{ status: "completed" }]);
    }
    const { name } = workspace.principals.admin;
    expect(await itemsOf(one.scope, "approvalRequest")).toMatchObject([{ decidedBy: { name } }]);
    const audit = await db.prisma.auditEvent.findFirst({
      where: { workspaceId: workspace.id, action: "project.agree_setup" },
    });
    expect(audit).toMatchObject({ actorName: name, resourceId: one.scope.threadId });
  });

  test("is not a member's to agree to, but to do without", async () => {
    const { scope, turn } = await newTurn();
    await claimSetup(turn, "one");
    await expect(decideSetup(scope, { decision: "run" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await db.prisma.auditEvent.count({ where: { workspaceId: workspace.id, outcome: "denied" } })).toBe(1);
    expect(await statusOf(scope)).toBe("waiting asked");
    await decideSetup(scope, { decision: "skip" });
    expect(await claimSetup(turn, "one")).toEqual({ state: "ready" });
    expect(await statusOf(scope)).toBe("running skipped");
    expect(await itemsOf(scope, "approvalRequest")).toMatchObject([{ status: "declined" }]);
    const other = await newTurn();
    expect(await claimSetup(other.turn, "one")).toEqual({ state: "waiting" });
  });

  test("of a restricted project is its maintainers' to agree to", async () => {
    await db.prisma.project.update({ where: { id: workspace.projectId }, data: { visibility: "restricted" } });
    const { userId } = workspace.principals.member;
    const key = { projectId: workspace.projectId, userId };
    await db.prisma.projectMember.create({ data: { ...key, role: "contributor" } });
    const { scope, turn } = await newTurn();
    await claimSetup(turn, "one");
    await expect(decideSetup(scope, { decision: "run" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await db.prisma.projectMember.update({ where: { projectId_userId: key }, data: { role: "maintainer" } });
    await decideSetup(await as("member", scope.threadId), { decision: "run" });
    expect(await claimSetup(turn, "one")).toMatchObject({ state: "run" });
  });

  test("that changes while it is asked for is asked for anew: nobody agrees to what they have not seen", async () => {
    const { scope, turn } = await newTurn();
    await claimSetup(turn, "one");
    await set({ setupHosts: [...setupHosts, "evil.example"] });
    await decideSetup(await as("admin", scope.threadId), { decision: "run" });
    expect(await claimSetup(turn, "one")).toEqual({ state: "waiting" });
    const requests = await itemsOf(scope, "approvalRequest");
    expect(requests.map(({ status }) => status)).toEqual(["completed", "running"]);
    expect(await networkLists(db, scope.threadId)).toMatchObject({ setup: [] });
    const late = decideSetup(await as("admin", scope.threadId), { decision: "run", requestId: requests[0]?.id });
    await expect(late).rejects.toMatchObject({ code: "QUESTION_CHANGED" });
    await set({ setupHosts });
    expect(await claimSetup(turn, "one")).toMatchObject({ state: "run" });
    expect(await networkLists(db, scope.threadId)).toMatchObject({ setup: setupHosts });
  });

  test("agreed to or taken away in the settings lets the threads go on", async () => {
    const [one, two] = [await newTurn(), await newTurn()];
    for (const { turn } of [one, two]) await claimSetup(turn, "w");
    await set({ setupScript: script, setupHosts, approve: true });
    expect(await answeredThreads(db)).toEqual(expect.arrayContaining([one.scope.threadId, two.scope.threadId]));
    expect(await claimSetup(one.turn, "w")).toMatchObject({ state: "run" });
    await set({ setupScript: null });
    expect(await claimSetup(two.turn, "w")).toEqual({ state: "ready" });
    expect(await statusOf(two.scope)).toBe("running none");
    expect(await itemsOf(two.scope, "approvalRequest")).toMatchObject([{ status: "interrupted" }]);
  });

  test("may be waited for without end and is no time of the turn; an interrupt ends the waiting", async () => {
    const { scope, turn } = await newTurn();
    await claimSetup(turn, "one");
    const { startedAt } = await db.prisma.turn.findUniqueOrThrow({ where: { id: turn.turnId } });
    await decideSetup(scope, { decision: "skip" });
    await claimSetup(turn, "one");
    const gone = await db.prisma.turn.findUniqueOrThrow({ where: { id: turn.turnId } });
    expect(gone.startedAt?.getTime()).toBeGreaterThan(startedAt?.getTime() ?? 0);

    const other = await newTurn();
    await claimSetup(other.turn, "one");
    await interruptTurn(other.scope);
    expect(await answeredThreads(db)).toContain(other.scope.threadId);
    await finishTurn(db, other.scope.threadId, other.turn.turnId, { status: "failed", code: "INTERRUPTED" });
    expect(await statusOf(other.scope)).toBe("idle none");
    await expect(decideSetup(other.scope, { decision: "skip" })).rejects.toMatchObject({ code: "NOT_WAITING" });
  });
});

describe("a project's environment", () => {
  test("is changed in part, and the log tells what, without the texts", async () => {
    await set({ setupScript: "echo hunter2", allowedHosts: ["a.example"], devCommand: "TOKEN=hunter2 npm run dev" });
    const environment = await set({ allowedHosts: ["a.example", "b.example"], devCommand: " \n" });
    expect(environment).toEqual({
      setupScript: "echo hunter2",
      setupHosts: [],
      allowedHosts: ["a.example", "b.example"],
      devCommand: null,
      setupApproved: false,
    });
    const events = await db.prisma.auditEvent.findMany({
      where: { workspaceId: workspace.id, action: "project.set_environment" },
      orderBy: { seq: "asc" },
    });
    expect(events.map(({ detail }) => detail)).toMatchObject([
      {
        setupScript: "changed",
        devCommand: "changed",
        allowedHosts: "a.example",
        allowedHostsBefore: "",
        agreed: false,
      },
      { devCommand: "removed", allowedHosts: "a.example b.example", allowedHostsBefore: "a.example" },
    ]);
    expect(JSON.stringify(events)).not.toContain("hunter2");
  });

  test("is agreed to with the hosts that are named with it; unnamed ones must be none", async () => {
    expect(await set({ setupScript: script, approve: true })).toMatchObject({ setupHosts: [], setupApproved: true });
    await set({ setupHosts });
    await expect(set({ setupScript: script, approve: true })).rejects.toMatchObject({ code: "BAD_INPUT" });
    expect(await set({ setupScript: script, setupHosts, approve: true })).toMatchObject({ setupApproved: true });
  });

  test("of projects added before scripts were asked for: the migration takes them for agreed to", async () => {
    const where = { id: workspace.projectId };
    await db.prisma.project.update({ where, data: { setupScript: "é\n", setupApproved: null } });
    const folder = join(import.meta.dirname, "../../../prisma/migrations");
    const name = readdirSync(folder).find((entry) => entry.endsWith("_environment")) ?? "";
    const sql = readFileSync(join(folder, name, "migration.sql"), "utf8");
    await db.prisma.$executeRawUnsafe(sql.slice(sql.indexOf('UPDATE "Project"')));
    const scope = await projectScope(db, workspace.principals.viewer, workspace.projectId, "project.read");
    expect(await readEnvironment(scope)).toMatchObject({ setupScript: "é\n", setupApproved: true });
  });

  test("comes with a new project: who may add one agrees to its script, for no hosts", async () => {
    const scope = await workspaceScope(db, workspace.principals.admin, workspace.id, "project.create");
    const secrets = createSecretBox([Buffer.alloc(32, 1).toString("base64")]);
    const create = (name: string, setupScript?: string) =>
      createProject(scope, secrets, { name, source: { path: "/nowhere" }, setupScript });
    const [plain, blank, scripted] = [await create("a"), await create("b", " \n"), await create("c", script)];
    const read = async (id: string) =>
      readEnvironment(await projectScope(db, workspace.principals.viewer, id, "project.read"));
    expect(await read(plain.id)).toMatchObject({ setupScript: null, setupApproved: true });
    expect(await read(blank.id)).toMatchObject({ setupScript: null, setupApproved: true });
    expect(await read(scripted.id)).toMatchObject({ setupScript: script, setupHosts: [], setupApproved: true });
    const manage = await projectScope(db, workspace.principals.admin, scripted.id, "project.manage");
    const changed = await setEnvironment(manage, setEnvironmentInput.parse({ setupHosts }));
    expect(changed.setupApproved).toBe(false);
    expect((await setEnvironment(manage, setEnvironmentInput.parse({ setupHosts: [] }))).setupApproved).toBe(true);
  });
});
