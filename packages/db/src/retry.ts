import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { Turn } from "./generated/client.ts";
import { resolveModel } from "./models.ts";
import { mutate } from "./mutate.ts";
import { assertNoTurn, assertThreadOpen } from "./open-thread.ts";
import type { ThreadScope } from "./scope.ts";
import { changeThread, type ThreadChange } from "./thread-change.ts";
import type { ResendInput, RetryInput } from "./turns.schema.ts";
import { queueTurn } from "./turns.ts";

/**
 * Tries the last turn again after it failed or was interrupted: it goes on behind what it has done, with its limits
 * counted anew. From then on it runs on the rights and the budget of who asked for this, not of its first sender.
 * @throws NOT_LAST_TURN when there is no such turn, THREAD_BUSY, THREAD_ARCHIVED, MODEL_NOT_FOUND
 */
export async function retryTurn(scope: ThreadScope, input: RetryInput = {}): Promise<{ turnId: string }> {
  const { principal } = scope;
  const model = input.model ? await resolveModel(scope, input.model) : undefined;
  return changeConversation(scope, "turn.retry", async (tx, change) => {
    const turn = (await begunTurns(tx, scope.threadId)).at(-1);
    if (!turn || turn.status === "completed") throw new AppError("NOT_LAST_TURN");
    const steps = await tx.modelStep.aggregate({ where: { turnId: turn.id }, _max: { index: true } });
    await tx.turn.update({
      where: { id: turn.id },
      data: {
        status: "queued",
        model,
        retries: { increment: 1 },
        firstStep: (steps._max.index ?? -1) + 1,
        senderId: principal.userId,
        tokenId: principal.via.type === "token" ? principal.via.tokenId : null,
        trace: principal.trace ?? null,
        interruptedAt: null,
        interruptedById: null,
        errorCode: null,
        errorMessage: null,
        finishedAt: null,
      },
    });
    const errors = await tx.item.findMany({ where: { turnId: turn.id, type: "error" } });
    for (const error of errors) {
      await change.putItem({ ...error, data: { ...(error.data as object), retried: true }, model: undefined });
    }
    change.set({ status: "running", model });
    return { turnId: turn.id };
  });
}

/**
 * Sends an edited prompt in place of an earlier one: that turn and all after it leave the conversation, their items stay
 * to be read. The files stay as they are or, with `restoreFiles`, go back to what they were before that turn.
 * @throws NOT_FOUND, BAD_INPUT for a turn that is not part of the conversation, THREAD_BUSY, THREAD_ARCHIVED, MODEL_NOT_FOUND
 */
export async function resendTurn(scope: ThreadScope, input: ResendInput): Promise<{ turnId: string }> {
  const asked = input.model ? await resolveModel(scope, input.model) : undefined;
  return changeConversation(scope, "turn.resend", async (tx, change) => {
    if ((await tx.turn.count({ where: { id: input.turnId, threadId: scope.threadId } })) === 0) {
      throw new AppError("NOT_FOUND");
    }
    const begun = await begunTurns(tx, scope.threadId);
    const turn = begun.find(({ id }) => id === input.turnId);
    if (!turn) throw new AppError("BAD_INPUT", { message: "That prompt did not begin a turn of the conversation." });
    const replaced = begun.filter(({ number }) => number >= turn.number).map(({ id }) => id);
    await tx.turn.updateMany({ where: { id: { in: replaced } }, data: { status: "superseded" } });
    const model = asked ?? turn.model;
    const restoreTo = input.restoreFiles ? turn.startCheckpoint : null;
    change.set({ model });
    return { turnId: await queueTurn(tx, change, scope.principal, { prompt: input.prompt, model, restoreTo }) };
  });
}

/** One audited change of a thread at rest that makes it run. */
async function changeConversation(
  scope: ThreadScope,
  action: string,
  write: (tx: Tx, change: ThreadChange) => Promise<{ turnId: string }>,
): Promise<{ turnId: string }> {
  const entry = (detail: { turnId: string }) => ({ action, resource: { type: "thread", id: scope.threadId }, detail });
  return mutate(scope, entry, (tx, after) =>
    changeThread(tx, after, scope.threadId, async (change) => {
      await assertThreadOpen(tx, change.thread);
      await assertNoTurn(tx, scope.threadId);
      const result = await write(tx, change);
      change.set({ turnsVersion: { increment: 1 } });
      after({ k: "workspace", w: scope.workspaceId });
      return result;
    }),
  );
}

/** The turns of the conversation, oldest first. */
function begunTurns(tx: Tx, threadId: string): Promise<Turn[]> {
  return tx.turn.findMany({
    where: { threadId, status: { in: ["completed", "failed", "interrupted"] } },
    orderBy: { number: "asc" },
  });
}
