import type { Database } from "./database.ts";

/** The traceparent of the request that sent a turn, and when the turn began; for spans. */
export function turnTrace(
  db: Database,
  turnId: string,
): Promise<{ trace: string | null; startedAt: Date | null } | null> {
  return db.prisma.turn.findUnique({ where: { id: turnId }, select: { trace: true, startedAt: true } });
}
