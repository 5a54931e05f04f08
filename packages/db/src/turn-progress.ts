import { type Item, Prisma } from "./generated/client.ts";
import type { TurnScope } from "./run-scope.ts";
import type { ToolCall } from "./run-step.ts";

type AskedCall = Pick<ToolCall, "name" | "arguments">;

/** No longer pattern is looked for. */
const pastCalls = 9;

const callTypes: Item["type"][] = ["commandExecution", "fileChange", "toolCall"];

/**
 * How far a turn has come with a step's answer, counted from where it was begun or last tried again. A person's word in
 * between makes earlier calls count no more.
 */
export async function loadProgress(
  scope: TurnScope,
  step: number,
): Promise<{
  startedAt: Date;
  firstStep: number;
  usedTokens: number;
  /** The step's own calls. */
  asked: AskedCall[];
  /** The last calls before it that have ended, oldest first. */
  past: (AskedCall & { failed: boolean })[];
}> {
  const { prisma } = scope.db;
  const { turnId } = scope;
  const turn = await prisma.turn.findUniqueOrThrow({ where: { id: turnId } });
  const startedAt = turn.startedAt ?? turn.createdAt;
  const used = await prisma.usageRecord.aggregate({
    where: { turnId, createdAt: { gte: startedAt } },
    _sum: { inputTokens: true, outputTokens: true },
  });
  const steered = await prisma.turn.aggregate({ where: { intoTurnId: turnId }, _max: { intoStep: true } });
  const isCall = { turnId, type: { in: callTypes }, model: { not: Prisma.DbNull } };
  const own = await prisma.item.findMany({ where: { ...isCall, step }, orderBy: { position: "asc" } });
  const before = await prisma.item.findMany({
    where: { ...isCall, step: { gte: Math.max(turn.firstStep, steered._max.intoStep ?? 0), lt: step } },
    orderBy: { position: "desc" },
    take: pastCalls,
  });
  return {
    startedAt,
    firstStep: turn.firstStep,
    usedTokens: (used._sum.inputTokens ?? 0) + (used._sum.outputTokens ?? 0),
    asked: own.map(callOf),
    past: before
      .reverse()
      .map((item) => ({ ...callOf(item), failed: item.status === "failed" || item.status === "declined" })),
  };
}

function callOf({ model }: Pick<Item, "model">): AskedCall {
  return (model as { call: ToolCall }).call;
}
