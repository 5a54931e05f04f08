import { AppError } from "./errors.ts";
import { progress, type TurnScope, turnScope } from "./run-scope.ts";
import { putPrompt } from "./turns.ts";

/**
 * Takes the prompts that are to steer a turn into it, to stand before its step's answer, in their order: once, in one
 * transaction with their items. A sender who may no longer prompt is passed over; so is everyone once the step's first
 * request has begun: the answer must not stand behind what it does not answer.
 */
export async function takeInSteered(scope: TurnScope, step: number): Promise<void> {
  const { db, threadId, turnId } = scope;
  const steering = { threadId, status: "queued", mode: "steer" } as const;
  const waiting = await db.prisma.turn.findMany({ where: steering, select: { id: true } });
  const allowed: string[] = [];
  for (const { id } of waiting) if (await senderMayPrompt(scope, id)) allowed.push(id);
  if (allowed.length === 0) return;
  await progress(scope, async (tx, change) => {
    const begun = await tx.modelStep.count({ where: { turnId, index: step } });
    const open = await tx.turn.count({ where: { id: turnId, status: "running", interruptedAt: null } });
    if (begun > 0 || open === 0) return;
    const where = { ...steering, id: { in: allowed } };
    const turns = await tx.turn.findMany({ where, orderBy: { number: "asc" } });
    const users = await tx.user.findMany({ where: { id: { in: turns.map(({ senderId }) => senderId) } } });
    const now = new Date();
    for (const turn of turns) {
      await tx.turn.update({
        where: { id: turn.id },
        data: { status: "steered", intoTurnId: turnId, intoStep: step, startedAt: now, finishedAt: now },
      });
      const sender = users.find(({ id }) => id === turn.senderId);
      await putPrompt(change, turn, sender?.name ?? "Former member", { turnId, step });
    }
    change.set({ turnsVersion: { increment: 1 } });
  });
}

async function senderMayPrompt(scope: TurnScope, turnId: string): Promise<boolean> {
  try {
    await turnScope(scope.db, turnId);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
