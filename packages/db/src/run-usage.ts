import type { Tx } from "./database.ts";
import { progress, type RunScope, type TurnScope } from "./run-scope.ts";
import type { ThreadChange } from "./thread-change.ts";

export type Usage = { inputTokens: number; outputTokens: number; costUsd: number; estimated: boolean };

/** What identifies a step's request in the records. @param id `turnId/step/attempt` */
export function usageOf(scope: TurnScope, id: string, model: string) {
  const { workspaceId, threadId, turnId } = scope;
  return { id, workspaceId, threadId, turnId, userId: scope.principal.userId, model, purpose: "step" };
}

type UsageKey = ReturnType<typeof usageOf> | Omit<ReturnType<typeof usageOf>, "turnId">;

/** Adds a request to the thread's usage, once by its id. */
export async function recordUsage(tx: Tx, change: ThreadChange, key: UsageKey, usage: Usage): Promise<void> {
  const data = { ...key, ...stored(usage) };
  const created = await tx.usageRecord.createMany({ data: [data], skipDuplicates: true });
  if (created.count > 0) addUsage(change, usage);
}

function addUsage(change: ThreadChange, usage: { inputTokens: number; outputTokens: number; costUsd: number }): void {
  const { inputTokens, outputTokens, costUsd } = stored(usage);
  change.set({
    inputTokens: { increment: inputTokens },
    outputTokens: { increment: outputTokens },
    costUsd: { increment: costUsd },
  });
}

/** Usage of a request outside the steps: a title, a commit message. Recorded once under its `id`. */
export async function recordSideUsage(
  scope: RunScope,
  input: { id: string; purpose: string; model: string; usage: Usage },
): Promise<void> {
  await progress({ ...scope, fence: undefined }, async (tx, change) => {
    const { id, purpose, model, usage } = input;
    const { workspaceId, threadId } = scope;
    const row = { id, workspaceId, threadId, userId: scope.principal.userId, model, purpose };
    await recordUsage(tx, change, row, usage);
  });
}

/** More than any request can have; a column takes 2³¹ for a whole thread. */
const mostTokens = 10_000_000;

const mostUsd = 10_000;

/** Usage as a provider reports it can be any number: a paid answer is not to be lost for it. */
function stored<T extends { inputTokens: number; outputTokens: number; costUsd: number }>(usage: T): T {
  const within = (value: number, most: number) => Math.min(Math.max(value || 0, 0), most);
  return {
    ...usage,
    inputTokens: within(Math.round(usage.inputTokens), mostTokens),
    outputTokens: within(Math.round(usage.outputTokens), mostTokens),
    costUsd: within(usage.costUsd, mostUsd),
  };
}
