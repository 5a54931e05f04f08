import { databaseTime } from "./clock.ts";
import { AppError } from "./errors.ts";
import type { ItemStatus, ItemType, Prisma } from "./generated/client.ts";
import { progress, type RunScope, type TurnScope } from "./run-scope.ts";
import type { ToolCall } from "./run-step.ts";
import { cleanJson } from "./text.ts";
import { fencedThread } from "./thread-change.ts";

export type ToolClaim = { state: "run"; call: ToolCall; type: ItemType; data: Prisma.JsonValue } | { state: "ended" };

/**
 * The right to run a tool call, given once: `startedAt` is committed before any effect. A call that was started before
 * and has no result lost its host midway: it ends as interrupted and the model is told that the effect is unknown.
 */
export async function claimTool(scope: TurnScope, itemId: string): Promise<ToolClaim> {
  return progress(scope, async (tx, change) => {
    const item = await tx.item.findFirst({ where: { id: itemId, threadId: scope.threadId } });
    if (!item) throw new AppError("NOT_FOUND");
    if (item.status !== "running") return { state: "ended" };
    const { call } = item.model as { call: ToolCall };
    if (item.startedAt) {
      const data = {
        ...(item.data as object),
        note: "Its worker stopped while it ran: its effect is unknown. It is not run again by itself.",
      };
      await change.putItem({ ...item, status: "interrupted", data, model: { call } });
      return { state: "ended" };
    }
    await tx.item.update({ where: { id: itemId }, data: { startedAt: await databaseTime(tx) } });
    return { state: "run", call, type: item.type, data: item.data };
  });
}

/** A tool call's end: what people see and what the model is told. */
export async function completeTool(
  scope: TurnScope,
  itemId: string,
  outcome: { status: ItemStatus; type: ItemType; data: Prisma.InputJsonValue; forModel: string },
): Promise<void> {
  await progress(scope, async (tx, change) => {
    const item = await tx.item.findUniqueOrThrow({ where: { id: itemId } });
    if (item.status !== "running") return;
    const { call } = item.model as { call: ToolCall };
    const { status, type, data, forModel } = outcome;
    await change.putItem({ ...item, status, type, data, model: { call, result: forModel } });
  });
}

/** Whoever runs a command: a turn, or a host that serves one. */
export type OutputScope = Pick<RunScope, "db" | "threadId" | "fence">;

/** One piece of a command's whole output; repeated pieces, and those of a worker that was fenced off, are ignored. */
export async function appendOutput(scope: OutputScope, itemId: string, index: number, data: Uint8Array): Promise<void> {
  await scope.db.prisma.$executeRaw`
    INSERT INTO "OutputChunk" ("itemId", "index", "data") SELECT ${itemId}, ${index}, ${new Uint8Array(data)}
    WHERE EXISTS (${fencedThread(scope.threadId, scope.fence)}) ON CONFLICT DO NOTHING`;
}

/** Keeps a running command's output so far for whoever joins in the middle; changes no `seq`. */
export async function savePartialOutput(
  scope: OutputScope,
  itemId: string,
  data: unknown,
  output: string,
): Promise<void> {
  const partial = JSON.stringify(cleanJson({ ...(data as object), output }));
  await scope.db.prisma.$executeRaw`
    UPDATE "Item" SET "data" = ${partial}::jsonb WHERE "id" = ${itemId} AND "status" = 'running'
      AND EXISTS (${fencedThread(scope.threadId, scope.fence)})`;
}
