import type { Tx } from "./database.ts";
import { behindSteps } from "./notices.ts";
import { waitingTurns } from "./turn-queue.ts";

/** Where something that people do now stands: in the turn under way behind what it has done, else behind the last one. */
export async function placeNow(tx: Tx, threadId: string): Promise<{ turnId: string; step: number }> {
  const waiting = (await waitingTurns(tx, threadId)).map(({ id }) => id);
  const last = await tx.turn.findFirstOrThrow({
    where: { threadId, id: { notIn: waiting }, status: { notIn: ["steered", "superseded"] } },
    orderBy: { number: "desc" },
  });
  if (last.status !== "running" && last.status !== "queued") return { turnId: last.id, step: behindSteps };
  const steps = await tx.modelStep.aggregate({ where: { turnId: last.id }, _max: { index: true } });
  return { turnId: last.id, step: steps._max.index ?? -1 };
}
