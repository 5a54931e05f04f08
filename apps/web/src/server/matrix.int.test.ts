import { newId } from "@heddle/db/ids";
import {
  type Permission,
  type ProjectRole,
  projectRoles,
  roleAllows,
  type ThreadRight,
  threadRights,
  type WorkspaceRole,
  workspaceRoles,
} from "@heddle/db/permissions";
import { type Principal, projectScope } from "@heddle/db/scope";
import { addMember, makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { createThread } from "@heddle/db/threads";
import { callTRPCProcedure } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../testing/test-stack.ts";
import type { Access } from "./access.ts";
import { failureOf } from "./failure.ts";
import { appRouter } from "./root.ts";

/**
 * What to send to each procedure. Where the caller passes the door, the call may still be refused for what it asks:
 * `refusedAs` says how. A procedure without a line here fails the test.
 */
type Sample = {
  input: (ids: Ids) => unknown;
  refusedAs?: string | ((role: WorkspaceRole, inProject?: ProjectRole) => string);
  /** Each call gets a thread of its own: what one call does changes what the next may. */
  fresh?: true;
};
type Ids = { projectId: string; threadId: string };

const inWorkspace: Sample = { input: () => undefined };
const inProject: Sample = { input: ({ projectId }) => ({ projectId }) };
const onThread: Sample = { input: ({ threadId }) => ({ threadId }) };

/** The sample thread is the owner's: a member who does not manage its project may not share it. */
const notOwn = (passed: string) => (role: WorkspaceRole, inProject?: ProjectRole) =>
  role === "member" && inProject !== "maintainer" ? "FORBIDDEN" : passed;

/** With another link each time: attempts on one are counted. */
const byUnknownLink = () => ({ token: newId(), name: "N", email: "n@example.test", password: "long enough" });

const samples: Record<string, Sample> = {
  "account.changePassword": {
    input: () => ({ current: "wrong", next: "long enough" }),
    refusedAs: "PASSWORD_WRONG",
  },
  "account.checkReset": { input: byUnknownLink, refusedAs: "RESET_INVALID" },
  "account.get": inWorkspace,
  "account.rename": { input: () => ({ name: "Ada" }) },
  "account.sessions": inWorkspace,
  "account.signOut": { input: () => ({ sessionId: "none" }), refusedAs: "NOT_FOUND" },
  "account.unlinkIdentity": { input: () => ({ identityId: "none" }), refusedAs: "NOT_FOUND" },
  "account.useReset": { input: byUnknownLink, refusedAs: "RESET_INVALID" },
  "audit.list": { input: () => ({}) },
  "audit.recent": { input: () => ({}) },
  "audit.verify": inWorkspace,
  "inbox.claim": { input: () => ({ itemId: "none" }), refusedAs: "NOT_FOUND" },
  "inbox.done": { input: () => ({ itemId: "none" }), refusedAs: "NOT_FOUND" },
  "inbox.handOn": { input: () => ({ itemId: "none", userId: "none" }), refusedAs: "NOT_FOUND" },
  "inbox.list": { input: () => ({}) },
  "inbox.release": { input: () => ({ itemId: "none" }), refusedAs: "NOT_FOUND" },
  "inbox.reopen": { input: () => ({ itemId: "none" }), refusedAs: "NOT_FOUND" },
  "inbox.snooze": { input: () => ({ itemId: "none", until: new Date() }), refusedAs: "NOT_FOUND" },
  "invitations.accept": { input: byUnknownLink, refusedAs: "INVITATION_INVALID" },
  "invitations.create": { input: () => ({ role: "member" }) },
  "invitations.join": { input: byUnknownLink, refusedAs: "INVITATION_INVALID" },
  "invitations.list": inWorkspace,
  "invitations.offer": { input: byUnknownLink, refusedAs: "INVITATION_INVALID" },
  "invitations.revoke": { input: () => ({ invitationId: "none" }), refusedAs: "NOT_FOUND" },
  "members.leave": {
    input: () => ({ threadsTo: "none" }),
    refusedAs: (role) => (role === "owner" ? "LAST_OWNER" : "NOT_FOUND"),
  },
  "members.list": inWorkspace,
  "members.remove": { input: () => ({ userId: "none" }), refusedAs: "NOT_FOUND" },
  "members.resetPassword": { input: () => ({ userId: "none" }), refusedAs: "NOT_FOUND" },
  "members.rights": { input: () => ({ userId: "none" }), refusedAs: "NOT_FOUND" },
  "members.setRole": { input: () => ({ userId: "none", role: "viewer" }), refusedAs: "NOT_FOUND" },
  "notifications.get": inWorkspace,
  "notifications.set": { input: () => ({ emailKinds: [], quietHours: null, timeZone: "UTC" }) },
  "projectMembers.list": inProject,
  "projectMembers.remove": { input: ({ projectId }) => ({ projectId, userId: "none" }), refusedAs: "NOT_FOUND" },
  "projectMembers.set": {
    input: ({ projectId }) => ({ projectId, userId: "none", role: "viewer" }),
    refusedAs: "NOT_FOUND",
  },
  // As it is: the project is there for other calls, too.
  "projectMembers.setVisibility": {
    input: ({ projectId }) => ({ projectId, visibility: projectId === own.projectId ? "workspace" : "restricted" }),
  },
  "projects.branches": inProject,
  "projects.cancelFetch": { ...inProject, refusedAs: "NO_REMOTE" },
  "projects.confirmHostKey": {
    input: ({ projectId }) => ({ projectId, fingerprint: "SHA256:x" }),
    refusedAs: "NO_REMOTE",
  },
  "projects.create": {
    input: () => ({ name: "P", source: { path: "/nowhere/at/all" } }),
    refusedAs: "NOT_A_REPOSITORY",
  },
  "projects.environment": inProject,
  "projects.fetch": inProject,
  "projects.get": inProject,
  "projects.list": inWorkspace,
  "projects.setEnvironment": { input: ({ projectId }) => ({ projectId, allowedHosts: ["example.com"] }) },
  "projects.setRemote": {
    input: ({ projectId }) => ({ projectId, fetchEveryMinutes: 5 }),
    refusedAs: "NO_REMOTE",
  },
  "providers.create": {
    input: () => ({ name: newId(), kind: "openai-chat", baseUrl: "http://127.0.0.1:9/v1", models: [{ id: "m" }] }),
    refusedAs: "ADDRESS_NOT_ALLOWED",
  },
  "providers.delete": { input: () => ({ providerId: "none" }), refusedAs: "NOT_FOUND" },
  "providers.list": inWorkspace,
  "providers.models": inWorkspace,
  "search.threads": { input: () => ({ query: "look" }) },
  "sidebar.get": inWorkspace,
  "sidebar.set": { input: () => ({ pins: ["none"] }) },
  "sharing.get": onThread,
  "sharing.handOver": { input: ({ threadId }) => ({ threadId, userId: "none" }), refusedAs: notOwn("NOT_FOUND") },
  "sharing.removeMember": { input: ({ threadId }) => ({ threadId, userId: "none" }), refusedAs: notOwn("NOT_FOUND") },
  "sharing.setMember": {
    input: ({ threadId }) => ({ threadId, userId: "none", right: "view" }),
    refusedAs: notOwn("NOT_FOUND"),
  },
  // As it is: the thread is there for other calls, too.
  "sharing.setVisibility": {
    input: ({ threadId }) => ({ threadId, visibility: "shared" }),
    refusedAs: notOwn("ok"),
  },
  "status.drainHost": { input: () => ({ hostId: "none", draining: true }), refusedAs: "NOT_FOUND" },
  "status.read": inWorkspace,
  // A turn is open on the sample thread, and its owner has started it.
  "threads.archive": { ...onThread, refusedAs: "THREAD_BUSY" },
  "threads.commit": { ...onThread, refusedAs: "THREAD_BUSY" },
  "threads.comment": { input: ({ threadId }) => ({ threadId, text: "Hm", mentions: [] }) },
  "threads.create": { input: ({ projectId }) => ({ projectId, prompt: "Do it" }) },
  "threads.decideSetup": {
    input: ({ threadId }) => ({ threadId, decision: "skip" }),
    refusedAs: "NOT_WAITING",
  },
  "threads.dev": onThread,
  "threads.diff": onThread,
  "threads.editQueued": {
    input: ({ threadId }) => ({ threadId, turnId: "none", prompt: "Else" }),
    refusedAs: "NOT_FOUND",
  },
  "threads.fileLines": {
    input: ({ threadId }) => ({ threadId, path: "README.md", from: 1, to: 2 }),
    refusedAs: "NOT_FOUND",
  },
  "threads.files": onThread,
  "threads.get": onThread,
  "threads.interrupt": { ...onThread, fresh: true },
  "threads.items": onThread,
  "threads.list": inProject,
  "threads.listAll": inWorkspace,
  "threads.markRead": { input: ({ threadId }) => ({ threadId, seq: 1 }) },
  "threads.network": onThread,
  "threads.moveQueued": {
    input: ({ threadId }) => ({ threadId, turnId: "none", before: null }),
    refusedAs: "NOT_FOUND",
  },
  "threads.push": { ...onThread, refusedAs: "NO_REMOTE" },
  "threads.releaseQueued": onThread,
  "threads.removeComment": { input: ({ threadId }) => ({ threadId, itemId: "none" }), refusedAs: "NOT_FOUND" },
  "threads.removeQueued": { input: ({ threadId }) => ({ threadId, turnId: "none" }), refusedAs: "NOT_FOUND" },
  "threads.resend": {
    input: ({ threadId }) => ({ threadId, turnId: "none", prompt: "Else" }),
    refusedAs: "THREAD_BUSY",
  },
  "threads.retry": { ...onThread, refusedAs: "THREAD_BUSY" },
  "threads.retrySetup": { ...onThread, refusedAs: "NO_SETUP_SCRIPT" },
  "threads.sendTurn": { input: ({ threadId }) => ({ threadId, prompt: "More" }) },
  "threads.remove": { ...onThread, refusedAs: (role) => (role === "member" ? "FORBIDDEN" : "THREAD_BUSY") },
  "threads.restore": { ...onThread, refusedAs: "NOT_ARCHIVED" },
  "threads.setViewed": { input: ({ threadId }) => ({ threadId, hash: "0".repeat(64), viewed: true }) },
  "threads.startDev": { ...onThread, refusedAs: "NO_DEV_COMMAND" },
  "threads.stopDev": onThread,
  "threads.suggestMessage": { ...onThread, refusedAs: "THREAD_BUSY" },
  "threads.turns": onThread,
  "threads.viewed": onThread,
  "threads.typing": { input: ({ threadId }) => ({ threadId, typing: false }) },
  "tokens.create": { input: () => ({ role: "viewer" }) },
  "tokens.createPersonal": { input: () => ({ name: "T" }) },
  "tokens.list": inWorkspace,
  "tokens.listMine": inWorkspace,
  "tokens.revoke": { input: () => ({ tokenId: "none" }), refusedAs: "NOT_FOUND" },
  "tokens.revokeMine": { input: () => ({ tokenId: "none" }), refusedAs: "NOT_FOUND" },
  "workspaces.create": { input: () => ({ name: "W" }) },
  "workspaces.current": inWorkspace,
  "workspaces.delete": { input: () => ({ name: "none" }), refusedAs: "BAD_INPUT" },
  "workspaces.list": inWorkspace,
  "workspaces.rename": { input: () => ({ name: "W" }) },
};

type Definition = { type: "query" | "mutation"; meta: { access: Access } };
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: Definition }>).map(
  ([name, { _def }]) => ({ name, ..._def, access: _def.meta.access }),
);

let stack: TestStack;
let own: TestWorkspace;
let other: TestWorkspace;
let shared: Ids;
let hidden: Ids;

async function newThread(workspace: TestWorkspace, visibility: "private" | "shared"): Promise<Ids> {
  const { projectId, principals } = workspace;
  const scope = await projectScope(stack.runtime.db, principals.owner, projectId, "thread.create");
  const { id } = await createThread(scope, { prompt: "Look around", visibility });
  return { projectId, threadId: id };
}

beforeAll(async () => {
  stack = await startTestStack();
  own = await makeWorkspace(stack.runtime.db);
  other = await makeWorkspace(stack.runtime.db);
  shared = await newThread(own, "shared");
  hidden = await newThread(own, "private");
});
afterAll(() => stack.close());

/** "ok" or the code of the refusal. */
async function outcome(
  name: string,
  type: Definition["type"],
  principal: Principal | null,
  workspaceId: string,
  ids: Ids,
): Promise<string> {
  const { runtime } = stack;
  const ctx = { db: runtime.db, runtime, principal, workspaceId, requestId: "test", ip: null };
  const getRawInput = async () => samples[name]?.input(ids);
  try {
    await callTRPCProcedure({
      router: appRouter,
      path: name,
      type,
      getRawInput,
      ctx,
      signal: undefined,
      batchIndex: 0,
    });
    return "ok";
  } catch (error) {
    return failureOf(error).error.code;
  }
}

function expected(name: string, role: WorkspaceRole, permission: Permission): string {
  return roleAllows(role, permission) ? asked(name, role) : "FORBIDDEN";
}

/** What becomes of the call once the caller has passed the door. */
function asked(name: string, role: WorkspaceRole, inProject?: ProjectRole): string {
  const { refusedAs = "ok" } = samples[name] ?? {};
  return typeof refusedAs === "string" ? refusedAs : refusedAs(role, inProject);
}

test("every procedure has a sample, and every sample a procedure", () => {
  expect(Object.keys(samples).sort()).toEqual(procedures.map(({ name }) => name).sort());
});

describe.each(procedures)("$name", ({ name, type, access }) => {
  test("refuses who is not signed in", async () => {
    if (access === "public") return;
    expect(await outcome(name, type, null, own.id, shared)).toBe("UNAUTHENTICATED");
  });

  test.each(workspaceRoles)("does for the role %s what the table says", async (role) => {
    const ids = samples[name]?.fresh ? await newThread(own, "shared") : shared;
    const result = await outcome(name, type, own.principals[role], own.id, ids);
    expect(result).toBe(typeof access === "string" ? asked(name, role) : expected(name, role, access.permission));
  });

  test("does not exist for the owner of another workspace", async () => {
    const result = await outcome(name, type, other.principals.owner, own.id, shared);
    expect(result).toBe(typeof access === "string" ? asked(name, "owner") : "NOT_FOUND");
  });
});

const reads: readonly Permission[] = ["project.read", "thread.read"];

/** Written out, so that a change of the table has to be meant. */
function projectRoleMay(role: ProjectRole, permission: Permission): boolean {
  if (role === "maintainer" || reads.includes(permission)) return true;
  if (role === "reviewer") return permission === "thread.comment";
  return role === "contributor" && permission !== "project.manage";
}

const inProjects = procedures.flatMap(({ name, type, access }) =>
  typeof access === "object" && access.on !== "workspace" ? [{ name, type, permission: access.permission }] : [],
);

describe("In a restricted project", () => {
  let workspace: TestWorkspace;
  let ids: Ids;

  beforeAll(async () => {
    workspace = await makeWorkspace(stack.runtime.db);
    const where = { id: workspace.projectId };
    await stack.runtime.db.prisma.project.update({ where, data: { visibility: "restricted" } });
    ids = await newThread(workspace, "shared");
  });

  async function newcomer(workspaceRole: WorkspaceRole, role: ProjectRole | null): Promise<Principal> {
    const principal = await addMember(stack.runtime.db, workspace.id, workspaceRole);
    const row = { projectId: workspace.projectId, userId: principal.userId };
    if (role) await stack.runtime.db.prisma.projectMember.create({ data: { ...row, role } });
    return principal;
  }

  describe.each(inProjects)("$name", ({ name, type, permission }) => {
    const call = async (principal: Principal) =>
      outcome(name, type, principal, workspace.id, samples[name]?.fresh ? await newThread(workspace, "shared") : ids);

    test.each(projectRoles)("does for a member who is its %s what the table says", async (role) => {
      const passed = projectRoleMay(role, permission);
      expect(await call(await newcomer("member", role))).toBe(passed ? asked(name, "member", role) : "FORBIDDEN");
    });

    test("is a viewer's of the workspace for reading only, whatever the role in the project", async () => {
      const passed = reads.includes(permission);
      expect(await call(await newcomer("viewer", "maintainer"))).toBe(passed ? asked(name, "viewer") : "FORBIDDEN");
    });

    test("does not exist for a member without a role in it", async () => {
      expect(await call(await newcomer("member", null))).toBe("NOT_FOUND");
    });
  });
});

test("a maintainer of a project that is open to the workspace manages it, too", async () => {
  const { prisma } = stack.runtime.db;
  const { userId } = own.principals.member;
  const row = { projectId: own.projectId, userId, role: "maintainer" as const };
  const manage = () => outcome("projects.setEnvironment", "mutation", own.principals.member, own.id, shared);
  expect(await manage()).toBe("FORBIDDEN");
  await prisma.projectMember.create({ data: row });
  expect(await manage()).toBe("ok");
  await prisma.projectMember.delete({ where: { projectId_userId: { projectId: own.projectId, userId } } });
});

const onThreads = procedures.flatMap(({ name, type, access }) =>
  typeof access === "object" && access.on === "thread" ? [{ name, type, permission: access.permission }] : [],
);

test.each(onThreads)(
  "$name does not exist on another's private thread, save for an auditor's eyes",
  async ({ name, type, permission }) => {
    for (const role of ["admin", "member", "viewer"] as const) {
      expect(await outcome(name, type, own.principals[role], own.id, hidden)).toBe("NOT_FOUND");
    }
    expect(await outcome(name, type, own.principals.auditor, own.id, hidden)).toBe(
      expected(name, "auditor", permission),
    );
  },
);

/** Written out as above. Nobody shares or deletes another's private thread. */
const rightMay: Record<ThreadRight, (permission: Permission) => boolean> = {
  view: (permission) => permission === "thread.read",
  comment: (permission) => permission === "thread.read" || permission === "thread.comment",
  steer: (permission) => permission !== "thread.share" && permission !== "thread.delete",
};

describe.each(threadRights)("With the right to %s in another's private thread", (right) => {
  test.each(onThreads)("$name does what the table says, and for a viewer no more than reading", async (procedure) => {
    const { name, type, permission } = procedure;
    const ids = await newThread(own, "private");
    for (const role of ["member", "viewer"] as const) {
      const { userId } = own.principals[role];
      await stack.runtime.db.prisma.threadMember.create({ data: { threadId: ids.threadId, userId, right } });
      const passed = rightMay[right](permission) && roleAllows(role, permission);
      const result = await outcome(name, type, own.principals[role], own.id, ids);
      expect(result).toBe(passed ? asked(name, role) : "FORBIDDEN");
    }
  });
});

test("a refusal within reach is in the audit log; one from outside leaves no trace", async () => {
  const { prisma } = stack.runtime.db;
  const denied = () => prisma.auditEvent.count({ where: { workspaceId: own.id, outcome: "denied" } });
  const before = await denied();
  await outcome("threads.commit", "mutation", own.principals.viewer, own.id, shared);
  expect(await denied()).toBe(before + 1);
  await outcome("threads.commit", "mutation", other.principals.owner, own.id, shared);
  expect(await denied()).toBe(before + 1);
});
