import { databaseTime } from "./clock.ts";
import type { Prisma } from "./generated/client.ts";
import { hostLeaseMs } from "./hosts.ts";
import { roleAllows, threadAllows } from "./permissions.ts";
import { placeOf, type WorkspaceScope } from "./scope.ts";
import type { HelpfulAction, HostStatus, QueueStatus, StatusView, StuckReason, StuckThread } from "./status.schema.ts";

/** What has not been taken for so long is stuck. */
const notTakenMs = 60_000;
/** Longer than a command may take, with room for its output to be stored. */
const noProgressMs = 15 * 60_000;
const mostStuck = 100;

/** The rows behind the status page, all of the caller's workspace; hosts are shared by all workspaces. */
export async function readStatus(scope: WorkspaceScope): Promise<Omit<StatusView, "version" | "parts" | "providers">> {
  const at = await databaseTime(scope.db.prisma);
  const hosts = await readHosts(scope, at);
  const [queues, stuck] = await Promise.all([readQueues(scope), readStuck(scope, at, hosts)]);
  return { at, hosts, queues, stuck };
}

async function readHosts({ db, workspaceId }: WorkspaceScope, at: Date): Promise<HostStatus[]> {
  const working = {
    OR: [{ turns: { some: { status: "running" as const } } }, { jobs: { some: { status: "pending" as const } } }],
  };
  const rows = await db.prisma.host.findMany({ orderBy: { id: "asc" } });
  const count = (where: object) =>
    db.prisma.thread.groupBy({
      by: ["hostId"],
      where: { workspaceId, status: { not: "archived" }, ...where },
      _count: true,
    });
  const [all, busy] = await Promise.all([count({}), count(working)]);
  const of = (counts: typeof all, id: string) => counts.find(({ hostId }) => hostId === id)?._count ?? 0;
  return rows.map(({ id, startedAt, version, leaseExpiresAt, drainingAt }) => ({
    id,
    status: leaseExpiresAt <= at ? "dead" : drainingAt ? "draining" : "live",
    startedAt,
    version,
    leaseExpiresAt,
    drainingAt,
    threads: of(all, id),
    busy: of(busy, id),
  }));
}

async function readQueues({ db, workspaceId }: WorkspaceScope): Promise<QueueStatus[]> {
  const thread = { workspaceId };
  const oldest = { _count: true, _min: { createdAt: true } } as const;
  const [prompts, jobs, repositories] = await Promise.all([
    db.prisma.turn.aggregate({ where: { thread, status: "queued" }, ...oldest }),
    db.prisma.threadJob.aggregate({ where: { thread, status: "pending" }, ...oldest }),
    db.prisma.project.aggregate({ where: { workspaceId, status: "cloning" }, ...oldest }),
  ]);
  const queue = (name: QueueStatus["name"], { _count, _min }: typeof prompts): QueueStatus => ({
    name,
    waiting: _count,
    oldestAt: _min.createdAt,
  });
  return [queue("prompts", prompts), queue("jobs", jobs), queue("repositories", repositories)];
}

async function readStuck(scope: WorkspaceScope, at: Date, hosts: HostStatus[]): Promise<StuckThread[]> {
  const threads = await findCandidates(scope);
  const users = await scope.db.prisma.user.findMany({
    where: { id: { in: [...new Set(threads.map((thread) => thread.createdById))] } },
    select: { id: true, name: true },
  });
  const names = new Map(users.map((user) => [user.id, user.name]));
  const stuck = threads.flatMap((thread): StuckThread[] => {
    const why = whyStuck(thread, at, hosts);
    if (why === null) return [];
    const standing = { restricted: false, role: null };
    const visible = threadAllows(scope.role, placeOf(thread, standing, scope.principal.userId), "thread.read");
    return [
      {
        threadId: thread.id,
        title: visible ? thread.title : null,
        project: thread.project,
        startedBy: { id: thread.createdById, name: names.get(thread.createdById) ?? "Former member" },
        hostId: thread.hostId,
        ...why,
        actions: visible ? helpfulActions(scope, thread, why.reason) : [],
      },
    ];
  });
  return stuck.slice(0, mostStuck).sort((a, b) => a.since.getTime() - b.since.getTime());
}

/** Threads with work to do, then the last ones that have failed: however many those become, they hide nothing. */
async function findCandidates({ db, workspaceId, principal }: WorkspaceScope) {
  const hasWork = {
    OR: [
      { status: { in: ["running", "waiting"] } },
      { turns: { some: { status: { in: ["queued", "running"] } } } },
      { jobs: { some: { status: "pending" } } },
    ],
  } satisfies Prisma.ThreadWhereInput;
  const include = {
    project: { select: { id: true, name: true } },
    members: { where: { userId: principal.userId }, select: { right: true } },
    turns: { where: { status: { in: ["queued", "running", "failed"] } }, orderBy: { number: "asc" } },
    jobs: { where: { status: "pending" }, orderBy: { createdAt: "asc" }, take: 1 },
  } satisfies Prisma.ThreadInclude;
  const [working, failed] = await Promise.all([
    db.prisma.thread.findMany({ where: { workspaceId, ...hasWork }, orderBy: { updatedAt: "asc" }, include }),
    db.prisma.thread.findMany({
      where: { workspaceId, status: "failed", NOT: hasWork },
      orderBy: { updatedAt: "desc" },
      take: mostStuck,
      include,
    }),
  ]);
  return [...working, ...failed];
}

type Row = {
  status: string;
  hostId: string | null;
  updatedAt: Date;
  turns: { status: string; createdAt: Date; errorCode: string | null; errorMessage: string | null }[];
  jobs: { kind: string; createdAt: Date }[];
};
type Why = Pick<StuckThread, "reason" | "message" | "since">;

function whyStuck(thread: Row, at: Date, hosts: HostStatus[]): Why | null {
  const isOld = (since: Date, ms: number) => at.getTime() - since.getTime() > ms;
  const running = thread.turns.find(({ status }) => status === "running");
  const queued = thread.turns.find(({ status }) => status === "queued");
  const [job] = thread.jobs;
  const open = running ?? queued ?? job;
  const host = hosts.find(({ id }) => id === thread.hostId);
  if (thread.status === "waiting") {
    return { reason: "waits", message: "A person must decide something in the thread.", since: thread.updatedAt };
  }
  if (open && hosts.every(({ status }) => status === "dead")) {
    const message = "No worker is running. The thread goes on by itself as soon as one is.";
    return { reason: "noHost", message, since: open.createdAt };
  }
  if (open && host?.status === "dead") {
    const since = new Date(host.leaseExpiresAt.getTime() - hostLeaseMs);
    const goesOn = hosts.some(({ status }) => status === "live")
      ? "The thread moves to another host by itself within a minute, unless only its own has what it made."
      : "The thread goes on by itself when its host is back, or when another one takes work.";
    const message = `Its host has died. ${goesOn}`;
    return { reason: "hostDead", message, since };
  }
  if (running && isOld(thread.updatedAt, noProgressMs)) {
    const message = "Its turn runs, but nothing has changed for a long time. Interrupt it and look at its last step.";
    return { reason: "noProgress", message, since: thread.updatedAt };
  }
  if (!running && queued && isOld(queued.createdAt, notTakenMs)) {
    const message = "Its prompt has not begun though a worker is running. The worker's log may say why.";
    return { reason: "notTaken", message, since: queued.createdAt };
  }
  if (!running && job && isOld(job.createdAt, notTakenMs)) {
    const message = `Its ${job.kind === "commitMessage" ? "commit message" : job.kind} has not been made yet.`;
    return { reason: "jobWaits", message, since: job.createdAt };
  }
  if (thread.status === "failed") {
    const failed = thread.turns.findLast(({ status }) => status === "failed");
    const code = failed?.errorCode ?? "INTERNAL";
    const message = failed?.errorMessage ?? `Its last turn failed (${code}).`;
    return { reason: "failed", message, since: thread.updatedAt };
  }
  return null;
}

function helpfulActions(scope: WorkspaceScope, thread: Row, reason: StuckReason): HelpfulAction[] {
  const mayPrompt = roleAllows(scope.role, "thread.prompt");
  const running = thread.turns.some(({ status }) => status === "running");
  if (mayPrompt && reason === "failed") return ["retry", "open"];
  if (mayPrompt && reason === "noProgress") return ["interrupt", "open"];
  if (mayPrompt && running) return ["open", "interrupt"];
  return ["open"];
}
