import { progress, type TurnScope } from "./run-scope.ts";

const noticeId = (turnId: string) => `${turnId}/filesRestored`;

/**
 * Whether the turn's files are to be put back before its first step.
 * @returns the checkpoint to go to, and the one that holds what was there before, once it has been made; or null
 */
export async function readGoBack(scope: TurnScope): Promise<{ to: string; kept: string | null } | null> {
  const { prisma } = scope.db;
  const turn = await prisma.turn.findUniqueOrThrow({ where: { id: scope.turnId } });
  if (turn.restoreTo === null) return null;
  const notice = await prisma.item.findUnique({ where: { id: noticeId(scope.turnId) } });
  return { to: turn.restoreTo, kept: (notice?.data as { checkpoint?: string } | undefined)?.checkpoint ?? null };
}

/** From here on files change: the notice names the checkpoint in which everything is, and a repeated attempt finds it. */
export async function beginGoBack(scope: TurnScope, kept: string): Promise<void> {
  await progress(scope, (_tx, change) =>
    change.putItem({ ...notice(scope, kept, "The files are being put back."), status: "running" }),
  );
}

/** The files are back and the thread's last checkpoint says so: the turn's own changes start there. */
export async function completeGoBack(scope: TurnScope, kept: string): Promise<void> {
  await progress(scope, async (tx, change) => {
    const { lastCheckpoint } = await tx.thread.findUniqueOrThrow({ where: { id: scope.threadId } });
    await tx.turn.update({
      where: { id: scope.turnId },
      data: { restoreTo: null, startCheckpoint: lastCheckpoint, endCheckpoint: lastCheckpoint },
    });
    const sentence = `The files are as they were before that prompt. What was there is kept in checkpoint ${kept.slice(0, 10)}.`;
    await change.putItem({ ...notice(scope, kept, sentence), status: "completed" });
    change.set({ turnsVersion: { increment: 1 } });
  });
}

function notice({ turnId }: TurnScope, checkpoint: string, message: string) {
  const data = { kind: "filesRestored", message, checkpoint };
  return { id: noticeId(turnId), turnId, step: -1, type: "notice" as const, data };
}
