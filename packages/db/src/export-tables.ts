import type { Prisma } from "./generated/client.ts";
import type { WorkspaceScope } from "./scope.ts";
import { visibleThreads } from "./visible-threads.ts";

/** @property after the id of the last row that was read; "" at first */
type Page = { after: string; take: number };
type Read = (page: Page) => Promise<{ id: string }[]>;

/** Which threads an export holds: those that its maker could open. */
export function exportedThreads({ workspaceId, role, principal }: WorkspaceScope): Prisma.ThreadWhereInput {
  return { workspaceId, ...visibleThreads({ role, userId: principal.userId }) };
}

/** The tables of an export, each with what reads a page of it in the order of its ids. */
export function exportedTables(scope: WorkspaceScope): Record<string, Read> {
  const { db, workspaceId } = scope;
  const { prisma } = db;
  const inIt = { workspaceId };
  const thread = exportedThreads(scope);
  return {
    workspace: (page) => prisma.workspace.findMany({ ...by(page, { id: workspaceId }), select: columns.workspace }),
    members: (page) =>
      prisma.user.findMany({ ...by(page, { memberships: { some: inIt } }), select: member(workspaceId) }),
    projects: (page) => prisma.project.findMany({ ...by(page, inIt), select: columns.project }),
    threads: (page) => prisma.thread.findMany({ ...by(page, thread), select: columns.thread }),
    turns: (page) => prisma.turn.findMany({ ...by(page, { thread }), select: columns.turn }),
    items: (page) => prisma.item.findMany({ ...by(page, { thread }), select: columns.item }),
    usage: (page) => prisma.usageRecord.findMany({ ...by(page, inIt), omit: { workspaceId: true } }),
  };
}

function by<Where extends object>({ after, take }: Page, where: Where) {
  return { where: { AND: [where, { id: { gt: after } }] }, take, orderBy: { id: "asc" as const } };
}

/** Of a person or a bot, with the place in this workspace alone. */
function member(workspaceId: string) {
  return {
    id: true,
    kind: true,
    name: true,
    email: true,
    memberships: { where: { workspaceId }, select: { role: true, createdAt: true } },
  } satisfies Prisma.UserSelect;
}

/** Named one by one, so that a new column with a secret stays out until somebody has thought about it. */
const columns = {
  workspace: { id: true, name: true, defaultModel: true, createdAt: true },
  project: {
    id: true,
    name: true,
    sourcePath: true,
    status: true,
    defaultBranch: true,
    fetchedAt: true,
    visibility: true,
    setupScript: true,
    setupHosts: true,
    allowedHosts: true,
    devCommand: true,
    createdById: true,
    createdAt: true,
    members: { select: { userId: true, role: true } },
    remote: { select: { url: true, credential: true, publicKey: true, hostKey: true, fetchEveryMinutes: true } },
  },
  thread: {
    id: true,
    projectId: true,
    title: true,
    status: true,
    visibility: true,
    createdById: true,
    model: true,
    branch: true,
    baseRef: true,
    baseCommit: true,
    headCommit: true,
    lastCheckpoint: true,
    filesModified: true,
    additions: true,
    deletions: true,
    inputTokens: true,
    outputTokens: true,
    costUsd: true,
    archivedAt: true,
    createdAt: true,
    updatedAt: true,
    members: { select: { userId: true, right: true } },
  },
  turn: {
    id: true,
    threadId: true,
    number: true,
    status: true,
    prompt: true,
    model: true,
    senderId: true,
    mode: true,
    startCheckpoint: true,
    endCheckpoint: true,
    errorCode: true,
    errorMessage: true,
    createdAt: true,
    startedAt: true,
    finishedAt: true,
  },
  item: {
    id: true,
    threadId: true,
    turnId: true,
    position: true,
    type: true,
    status: true,
    data: true,
    createdAt: true,
    completedAt: true,
  },
} as const satisfies {
  workspace: Prisma.WorkspaceSelect;
  project: Prisma.ProjectSelect;
  thread: Prisma.ThreadSelect;
  turn: Prisma.TurnSelect;
  item: Prisma.ItemSelect;
};
