import { AppError } from "./errors.ts";
import type { ItemType, Prisma } from "./generated/client.ts";
import { progress, type RunScope, type TurnScope } from "./run-scope.ts";
import { cleanText } from "./text.ts";

export type ToolCall = { id: string; name: string; arguments: string };
export type StepResult = { finishReason: string; toolItemIds: string[] };

const stepId = (turnId: string, step: number) => `${turnId}/${step}`;

/** What a step has already brought, if it is over: a repeated activity returns this and asks no model. */
export async function completedStep(scope: TurnScope, step: number): Promise<StepResult | null> {
  const row = await scope.db.prisma.modelStep.findUnique({ where: { id: stepId(scope.turnId, step) } });
  if (!row?.completedAt) return null;
  const tools = await scope.db.prisma.item.findMany({
    where: { turnId: scope.turnId, step, type: { in: ["commandExecution", "fileChange", "toolCall"] } },
    orderBy: { position: "asc" },
    select: { id: true },
  });
  return { finishReason: row.finishReason ?? "stop", toolItemIds: tools.map((tool) => tool.id) };
}

/**
 * Opens one request to the model and numbers it.
 * @param cut given when the previous attempt, if any, was lost with its worker: the provider billed it, so a missing
 *   usage record of it is made from this estimate
 */
export async function beginAttempt(
  scope: TurnScope,
  step: number,
  model: string,
  cut?: { inputTokens: number; outputTokensOf: (text: string) => number },
): Promise<number> {
  const id = stepId(scope.turnId, step);
  return progress(scope, async (tx, change) => {
    const row = await tx.modelStep.upsert({
      where: { id },
      create: { id, turnId: scope.turnId, index: step, attempt: 1 },
      update: { attempt: { increment: 1 } },
    });
    if (row.attempt === 1) return 1;
    const message = await tx.item.findUnique({ where: { id } });
    if (cut) {
      const text = (message?.data as { text?: string } | undefined)?.text ?? "";
      const usage = { inputTokens: cut.inputTokens, outputTokens: cut.outputTokensOf(text), costUsd: 0 };
      const lost = usageOf(scope, `${id}/${row.attempt - 1}`, model);
      const data = [{ ...lost, ...usage, estimated: true }];
      const created = await tx.usageRecord.createMany({ data, skipDuplicates: true });
      if (created.count > 0) addUsage(change, usage);
    }
    if (message?.status === "running") {
      await tx.item.update({ where: { id }, data: { attempt: row.attempt } });
      await change.putItem({ ...messageItem(scope, step, model, ""), status: "running" });
    }
    return row.attempt;
  });
}

/** The answer's first text has come: its item appears, running. @throws FENCED unless `attempt` is still the newest */
export async function openMessage(scope: TurnScope, step: number, model: string, attempt: number): Promise<void> {
  await progress(scope, async (tx, change) => {
    const open = await tx.modelStep.count({ where: openAttempt(scope, step, attempt) });
    if (open === 0) throw new AppError("FENCED");
    await change.putItem({ ...messageItem(scope, step, model, ""), status: "running" });
    await tx.item.update({ where: { id: stepId(scope.turnId, step) }, data: { attempt } });
  });
}

/** Keeps the text so far for whoever joins in mid-stream; changes no `seq`. */
export async function savePartialText(
  scope: TurnScope,
  itemId: string,
  model: string,
  attempt: number,
  text: string,
): Promise<void> {
  const data = JSON.stringify({ text: cleanText(text), model });
  await scope.db.prisma.$executeRaw`
    UPDATE "Item" SET "data" = ${data}::jsonb
    WHERE "id" = ${itemId} AND "status" = 'running' AND "attempt" = ${attempt}`;
}

export type Usage = { inputTokens: number; outputTokens: number; costUsd: number; estimated: boolean };

/** A failed request that the provider may have billed. */
export async function recordCutAttempt(
  scope: TurnScope,
  step: number,
  attempt: number,
  model: string,
  usage: Usage,
): Promise<void> {
  await progress(scope, async (tx, change) => {
    const id = `${stepId(scope.turnId, step)}/${attempt}`;
    const created = await tx.usageRecord.createMany({
      data: [{ ...usageOf(scope, id, model), ...stored(usage) }],
      skipDuplicates: true,
    });
    if (created.count > 0) addUsage(change, usage);
  });
}

/**
 * The answer of the model, in one transaction: message, reasoning, tool calls, usage.
 * @throws FENCED when a newer attempt has begun or the turn has ended meanwhile
 */
export async function completeStep(
  scope: TurnScope,
  step: number,
  attempt: number,
  model: string,
  answer: {
    text: string;
    reasoning: string;
    finishReason: string;
    tools: { call: ToolCall; type: ItemType; data: Prisma.InputJsonValue }[];
    usage: Usage;
  },
): Promise<StepResult> {
  const id = stepId(scope.turnId, step);
  const { turnId } = scope;
  return progress(scope, async (tx, change) => {
    const claimed = await tx.modelStep.updateMany({
      where: openAttempt(scope, step, attempt),
      data: { finishReason: answer.finishReason, completedAt: new Date() },
    });
    if (claimed.count === 0) throw new AppError("FENCED");
    if (answer.reasoning) {
      const data = { text: answer.reasoning };
      await change.putItem({ id: `${id}/reasoning`, turnId, step, type: "reasoning", status: "completed", data });
    }
    if (answer.text || (await tx.item.count({ where: { id } })) > 0) {
      await change.putItem({ ...messageItem(scope, step, model, answer.text), status: "completed" });
    }
    const toolItemIds: string[] = [];
    for (const [index, { call, type, data }] of answer.tools.entries()) {
      const itemId = `${id}/${index}`;
      await change.putItem({ id: itemId, turnId, step, type, status: "running", data, model: { call } });
      toolItemIds.push(itemId);
    }
    await tx.usageRecord.create({ data: { ...usageOf(scope, `${id}/${attempt}`, model), ...stored(answer.usage) } });
    addUsage(change, answer.usage);
    return { finishReason: answer.finishReason, toolItemIds };
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
    const row = { id, workspaceId, threadId, userId: scope.principal.userId, model, purpose, ...stored(usage) };
    const created = await tx.usageRecord.createMany({ data: [row], skipDuplicates: true });
    if (created.count > 0) addUsage(change, usage);
  });
}

/** An attempt that may still write: of a turn that runs, not over, and none newer has begun. */
function openAttempt(scope: TurnScope, step: number, attempt: number) {
  return {
    id: stepId(scope.turnId, step),
    attempt,
    completedAt: null,
    turn: { status: "running" },
  } satisfies Prisma.ModelStepWhereInput;
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

function usageOf(scope: TurnScope, id: string, model: string) {
  const { workspaceId, threadId, turnId } = scope;
  return { id, workspaceId, threadId, turnId, userId: scope.principal.userId, model, purpose: "step" };
}

function addUsage(
  change: { set(data: Prisma.ThreadUncheckedUpdateInput): void },
  usage: { inputTokens: number; outputTokens: number; costUsd: number },
): void {
  const { inputTokens, outputTokens, costUsd } = stored(usage);
  change.set({
    inputTokens: { increment: inputTokens },
    outputTokens: { increment: outputTokens },
    costUsd: { increment: costUsd },
  });
}

function messageItem(scope: TurnScope, step: number, model: string, text: string) {
  const id = stepId(scope.turnId, step);
  return { id, turnId: scope.turnId, step, type: "agentMessage" as const, data: { text, model } };
}
