import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import { type ItemType, Prisma } from "./generated/client.ts";
import { progress, type TurnScope } from "./run-scope.ts";
import { recordUsage, type Usage, usageOf } from "./run-usage.ts";
import { cleanText } from "./text.ts";
import { fencedThread } from "./thread-change.ts";

export type ToolCall = { id: string; name: string; arguments: string };
export type StepResult = { finishReason: string; toolItemIds: string[] };

const stepId = (turnId: string, step: number) => `${turnId}/${step}`;

/** What a step has already brought, if it is over: a repeated activity returns this and asks no model. */
export async function completedStep(scope: TurnScope, step: number): Promise<StepResult | null> {
  const row = await scope.db.prisma.modelStep.findUnique({ where: { id: stepId(scope.turnId, step) } });
  if (!row?.completedAt) return null;
  const tools = await scope.db.prisma.item.findMany({
    where: {
      turnId: scope.turnId,
      step,
      type: { in: ["commandExecution", "fileChange", "toolCall"] },
      status: { not: "declined" },
      model: { not: Prisma.DbNull },
    },
    orderBy: { position: "asc" },
    select: { id: true },
  });
  return { finishReason: row.finishReason ?? "stop", toolItemIds: tools.map((tool) => tool.id) };
}

/**
 * Opens one request to the model and numbers it.
 * @param lostUsage what the previous attempt, if any, has cost by the text that it brought: the record of it is made from
 *   this if it is missing because the attempt was lost with its worker
 * @param follows the same caller's attempt before this one: nobody else may have begun one since
 * @throws FENCED when the turn or the step has ended meanwhile, or somebody else asks by now
 */
export async function beginAttempt(
  scope: TurnScope,
  step: number,
  model: string,
  lostUsage: (text: string) => Usage,
  follows?: number,
): Promise<number> {
  const id = stepId(scope.turnId, step);
  return progress(scope, async (tx, change) => {
    if ((await tx.turn.count({ where: { id: scope.turnId, ...mayAnswer(step) } })) === 0) throw new AppError("FENCED");
    const row = await tx.modelStep.upsert({
      where: { id },
      create: { id, turnId: scope.turnId, index: step, attempt: 1 },
      update: { attempt: { increment: 1 } },
    });
    const overtaken = follows !== undefined && row.attempt !== follows + 1;
    if (overtaken || row.completedAt !== null) throw new AppError("FENCED");
    if (row.attempt === 1) return 1;
    const message = await tx.item.findUnique({ where: { id } });
    const text = (message?.data as { text?: string } | undefined)?.text ?? "";
    await recordUsage(tx, change, usageOf(scope, `${id}/${row.attempt - 1}`, model), lostUsage(text));
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
    const open = await tx.modelStep.count({ where: stillOpen(scope, step, attempt) });
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
    WHERE "id" = ${itemId} AND "status" = 'running' AND "attempt" = ${attempt}
      AND EXISTS (${fencedThread(scope.threadId, scope.fence)})`;
}

/** An attempt that brought no answer, with what it has cost nevertheless; nothing, if the provider never began to answer. */
export async function recordCutAttempt(
  scope: TurnScope,
  step: number,
  attempt: number,
  model: string,
  usage: Usage,
): Promise<void> {
  await progress(scope, async (tx, change) => {
    await recordUsage(tx, change, usageOf(scope, `${stepId(scope.turnId, step)}/${attempt}`, model), usage);
  });
}

/**
 * The turn's request of which neither an answer nor what it has cost is known, if there is one.
 * @param retries of this try of the turn; any when absent
 */
export async function openAttempt(
  db: Database,
  turnId: string,
  retries?: number,
): Promise<{ step: number; attempt: number; text: string } | null> {
  const row = await db.prisma.modelStep.findFirst({
    where: { turnId, turn: { retries }, completedAt: null, attempt: { gt: 0 } },
    orderBy: { index: "desc" },
  });
  if (!row || (await db.prisma.usageRecord.count({ where: { id: `${row.id}/${row.attempt}` } })) > 0) return null;
  const message = await db.prisma.item.findUnique({ where: { id: row.id } });
  const text = (message?.data as { text?: string } | undefined)?.text ?? "";
  return { step: row.index, attempt: row.attempt, text };
}

/** The text of an answer that was interrupted, as far as it came. */
export async function closeMessage(
  scope: TurnScope,
  step: number,
  attempt: number,
  model: string,
  text: string,
): Promise<void> {
  await progress(scope, async (tx, change) => {
    const open = { id: stepId(scope.turnId, step), status: "running" as const, attempt };
    if ((await tx.item.count({ where: open })) === 0) return;
    await change.putItem({ ...messageItem(scope, step, model, text), status: "interrupted" });
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
    /** `refusal`: the call is not to run, and this is what the model is told. */
    tools: { call: ToolCall; type: ItemType; data: Prisma.InputJsonObject; refusal?: string }[];
    usage: Usage;
  },
): Promise<StepResult> {
  const id = stepId(scope.turnId, step);
  const { turnId } = scope;
  return progress(scope, async (tx, change) => {
    const claimed = await tx.modelStep.updateMany({
      where: stillOpen(scope, step, attempt),
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
    for (const [index, { call, type, data, refusal }] of answer.tools.entries()) {
      const itemId = `${id}/${index}`;
      const item = { id: itemId, turnId, step, type };
      if (refusal === undefined) {
        await change.putItem({ ...item, status: "running", data, model: { call } });
        toolItemIds.push(itemId);
      } else {
        const told = type === "toolCall" ? { result: refusal } : { note: refusal };
        await change.putItem({
          ...item,
          status: "declined",
          data: { ...data, ...told },
          model: { call, result: refusal },
        });
      }
    }
    await recordUsage(tx, change, usageOf(scope, `${id}/${attempt}`, model), answer.usage);
    return { finishReason: answer.finishReason, toolItemIds };
  });
}

/** An attempt that may still write: of a turn that runs, not over, and none newer has begun. */
function stillOpen(scope: TurnScope, step: number, attempt: number) {
  return {
    id: stepId(scope.turnId, step),
    attempt,
    completedAt: null,
    turn: mayAnswer(step),
  } satisfies Prisma.ModelStepWhereInput;
}

/** A turn that runs; steps from before it was tried again are over. */
function mayAnswer(step: number) {
  return { status: "running", firstStep: { lte: step } } satisfies Prisma.TurnWhereInput;
}

function messageItem(scope: TurnScope, step: number, model: string, text: string) {
  const id = stepId(scope.turnId, step);
  return { id, turnId: scope.turnId, step, type: "agentMessage" as const, data: { text, model } };
}
