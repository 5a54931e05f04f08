import type { ProjectScope, ThreadScope } from "./scope.ts";
import { openTo } from "./visible-threads.ts";

/** From where what a thread has made can be had on any host. */
export type ThreadOrigin = {
  id: string;
  projectId: string;
  baseCommit: string | null;
};

export type CommittedThread = ThreadOrigin & { hostId: string | null; branch: string; headCommit: string | null };

const columns = {
  id: true,
  projectId: true,
  baseCommit: true,
  hostId: true,
  branch: true,
  headCommit: true,
} as const;

export async function threadOrigin({ db, threadId }: ThreadScope): Promise<ThreadOrigin> {
  return db.prisma.thread.findUniqueOrThrow({ where: { id: threadId }, select: columns });
}

/** The threads whose branches git may show to the principal: shared ones, one's own and those one was let into; committed ones only. */
export async function committedThreads(scope: ProjectScope): Promise<CommittedThread[]> {
  return scope.db.prisma.thread.findMany({
    where: {
      projectId: scope.projectId,
      headCommit: { not: null },
      ...openTo(scope.principal.userId),
    },
    select: columns,
  });
}
