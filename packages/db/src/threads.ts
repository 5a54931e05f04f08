import { AppError } from "./errors.ts";
import type { Prisma } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { resolveModel } from "./models.ts";
import { mutate } from "./mutate.ts";
import { type Permission, threadAllows, threadPermissionNames } from "./permissions.ts";
import { type ProjectScope, placeOf, standingOf, type ThreadScope, type WorkspaceScope } from "./scope.ts";
import { cleanText } from "./text.ts";
import { changeThread } from "./thread-change.ts";
import type { CreateThreadInput, ThreadView } from "./threads.schema.ts";
import { queueTurn } from "./turns.ts";
import { visibleThreads } from "./visible-threads.ts";

const threadColumns = (userId: string) =>
  ({
    id: true,
    projectId: true,
    title: true,
    status: true,
    visibility: true,
    model: true,
    branch: true,
    baseRef: true,
    baseCommit: true,
    headCommit: true,
    lastCheckpoint: true,
    hostId: true,
    archivedAt: true,
    setupStatus: true,
    filesModified: true,
    additions: true,
    deletions: true,
    inputTokens: true,
    outputTokens: true,
    costUsd: true,
    createdById: true,
    createdAt: true,
    updatedAt: true,
    seq: true,
    turnsVersion: true,
    turns: {
      where: { status: { in: ["running" as const, "queued" as const, "held" as const] } },
      select: { status: true, startedAt: true, interruptedAt: true },
    },
    project: { select: { visibility: true, members: { where: { userId }, select: { role: true } } } },
    members: { where: { userId }, select: { right: true } },
    reads: { where: { userId }, select: { seq: true } },
  }) as const satisfies Prisma.ThreadSelect;

type ThreadRow = Prisma.ThreadGetPayload<{ select: ReturnType<typeof threadColumns> }>;
type Reader = Pick<WorkspaceScope, "db" | "principal" | "role">;

/**
 * A new thread with its first prompt queued; `running` from here on.
 * @throws PROJECT_NOT_READY when the project failed, MODEL_NOT_FOUND, NO_MODEL
 */
export async function createThread(scope: ProjectScope, input: CreateThreadInput): Promise<ThreadView> {
  const { prisma } = scope.db;
  const project = await prisma.project.findUniqueOrThrow({ where: { id: scope.projectId } });
  if (project.status === "failed") {
    throw new AppError("PROJECT_NOT_READY", { message: project.reason ?? undefined });
  }
  const model = await resolveModel(scope, input.model);
  const id = newId();
  const title = input.title ?? provisionalTitle(cleanText(input.prompt));
  await mutate(
    scope,
    { action: "thread.create", resource: { type: "thread", id }, detail: { model } },
    async (tx, after) => {
      await tx.thread.create({
        data: {
          id,
          workspaceId: scope.workspaceId,
          projectId: scope.projectId,
          title,
          titled: input.title !== undefined,
          visibility: input.visibility,
          createdById: scope.principal.userId,
          model,
          branch: branchName(title, id),
          baseRef: input.baseRef ?? null,
        },
      });
      await changeThread(tx, after, id, (change) =>
        queueTurn(tx, change, scope.principal, { prompt: input.prompt, model }),
      );
      after({ k: "workspace", w: scope.workspaceId });
    },
  );
  return readThread(scope, id);
}

export async function getThread(scope: ThreadScope): Promise<ThreadView> {
  return readThread(scope, scope.threadId);
}

/** The threads of a project that the principal may see, latest change first. */
export async function listThreads(scope: ProjectScope): Promise<ThreadView[]> {
  const visible = visibleThreads({ role: scope.role, userId: scope.principal.userId });
  return findThreads(scope, { projectId: scope.projectId, ...visible });
}

/** All threads of the workspace that the principal may see, latest change first: what the sidebar shows. */
export async function listWorkspaceThreads(scope: WorkspaceScope): Promise<ThreadView[]> {
  const visible = visibleThreads({ role: scope.role, userId: scope.principal.userId });
  return findThreads(scope, { workspaceId: scope.workspaceId, ...visible });
}

async function readThread(scope: Reader, id: string): Promise<ThreadView> {
  const select = threadColumns(scope.principal.userId);
  const row = await scope.db.prisma.thread.findUnique({ where: { id }, select });
  if (!row) throw new AppError("NOT_FOUND");
  const [view] = await toViews(scope, [row]);
  return view as ThreadView;
}

/** For this package: the threads that `where` lets through, newest first unless told; it must keep to what the scope may see. */
export async function findThreads(
  scope: Reader,
  where: Prisma.ThreadWhereInput,
  { orderBy = { createdAt: "desc" }, take = 1_000 }: Pick<Prisma.ThreadFindManyArgs, "orderBy" | "take"> = {},
): Promise<ThreadView[]> {
  const select = threadColumns(scope.principal.userId);
  const rows = await scope.db.prisma.thread.findMany({ where, orderBy, select, take });
  return toViews(scope, rows);
}

async function toViews(scope: Reader, rows: ThreadRow[]): Promise<ThreadView[]> {
  const users = await scope.db.prisma.user.findMany({
    where: { id: { in: [...new Set(rows.map((row) => row.createdById))] } },
    select: { id: true, name: true },
  });
  const names = new Map(users.map((user) => [user.id, user.name]));
  return rows.map(({ inputTokens, outputTokens, costUsd, createdById, turns, project, members, reads, ...row }) => ({
    ...row,
    ...stateOf(turns),
    usage: { inputTokens, outputTokens, costUsd: costUsd.toNumber() },
    createdBy: { id: createdById, name: names.get(createdById) ?? "Former member" },
    permissions: permissionsOf(scope, { ...row, createdById, project, members }),
    readSeq: reads[0]?.seq ?? null,
  }));
}

function permissionsOf(
  { role, principal }: Reader,
  thread: Pick<ThreadRow, "visibility" | "createdById" | "project" | "members">,
): Permission[] {
  const place = placeOf(thread, standingOf(thread.project), principal.userId);
  return threadPermissionNames.filter((permission) => threadAllows(role, place, permission));
}

/** Where none runs, the first queued turn is about to, so it does not wait. */
function stateOf(turns: ThreadRow["turns"]) {
  const running = turns.find(({ status }) => status === "running");
  const starting = running ?? turns.find(({ status }) => status === "queued");
  return {
    runningSince: running?.startedAt ?? null,
    stopping: running !== undefined && running.interruptedAt !== null,
    queuedTurns: turns.length - (starting ? 1 : 0),
  };
}

/** The prompt's first line, cut at a word; shown until the model has named the thread. */
function provisionalTitle(prompt: string): string {
  const line = prompt.split("\n", 1)[0]?.trim() ?? "";
  if (line.length <= 60) return line || "New thread";
  return `${line.slice(0, 60).replace(/\s+\S*$/, "")}…`;
}

function branchName(title: string, id: string): string {
  const slug = title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return `heddle/${slug ? `${slug}-` : ""}${id.replaceAll("-", "").slice(-8)}`;
}
