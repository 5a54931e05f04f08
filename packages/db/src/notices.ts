import type { Tx } from "./database.ts";
import type { ThreadChange } from "./thread-change.ts";

export type Notice = {
  /** Deterministic, so that a repeated write is the same notice. */
  id: string;
  /** Stable; see items.schema.ts. */
  kind: string;
  /** For people. */
  message: string;
};

/** Sorts behind every step of its turn. */
export const behindSteps = 2_000_000;

/** Tells in the thread what Heddle did to it, at the end of the conversation so far. */
export async function putNotice(tx: Tx, change: ThreadChange, { id, kind, message }: Notice): Promise<void> {
  const last = await tx.turn.findFirst({
    where: { threadId: change.thread.id, status: { notIn: ["queued", "held", "steered", "superseded"] } },
    orderBy: { number: "desc" },
  });
  if (!last) return;
  const place = { turnId: last.id, step: behindSteps };
  await change.putItem({ ...place, id, type: "notice", status: "completed", data: { kind, message } });
}
