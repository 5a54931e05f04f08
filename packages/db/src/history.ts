import type { Item } from "./generated/client.ts";
import type { RunScope, TurnScope } from "./run-scope.ts";
import type { ToolCall } from "./run-step.ts";

/** How a call ended and what the model is told; `null` when it never started. */
export type ToolResult = { status: "completed" | "failed" | "declined" | "interrupted"; forModel: string };
export type StepHistory = { text: string; toolCalls: (ToolCall & { result: ToolResult | null })[] };
/** A prompt that was taken in between two steps. */
export type SteeredPrompt = { steered: string };
/** What has happened to the thread after a step, for the model to know. */
export type StepNote = { note: string };
export type TurnHistory = {
  prompt: string;
  steps: (StepHistory | SteeredPrompt | StepNote)[];
  /** How a turn ended that did not come to its end. */
  cut: "interrupted" | "failed" | null;
};

/**
 * The conversation as the model is to see it: every turn up to this one, in order, with what was said and done. An answer
 * that was cut off is in it as far as it came, save in the turn under way: that one is asked for again.
 */
export async function loadHistory(scope: TurnScope): Promise<TurnHistory[]> {
  const { prisma } = scope.db;
  const { threadId, turnId } = scope;
  const turns = await prisma.turn.findMany({
    where: { threadId, OR: [{ status: { in: ["completed", "failed", "interrupted"] } }, { id: turnId }] },
    orderBy: { number: "asc" },
    include: { steps: { orderBy: { index: "asc" } } },
  });
  const ids = turns.map((turn) => turn.id);
  const steered = await prisma.turn.findMany({
    where: { threadId, status: "steered", intoTurnId: { in: ids } },
    orderBy: { number: "asc" },
  });
  const items = await prisma.item.findMany({
    where: {
      threadId,
      turnId: { in: ids },
      type: { in: ["agentMessage", "commandExecution", "fileChange", "toolCall", "notice"] },
    },
    orderBy: { position: "asc" },
    select: { turnId: true, step: true, type: true, status: true, startedAt: true, data: true, model: true },
  });
  return turns.map((turn) => {
    const underWay = turn.id === turnId;
    const prompts = steered
      .filter(({ intoTurnId }) => intoTurnId === turn.id)
      .map(({ intoStep, prompt }) => ({ at: intoStep ?? 0, entry: { steered: prompt } }));
    const steps = turn.steps
      .filter(({ completedAt }) => completedAt !== null || !underWay)
      .map(({ index }) => ({
        at: index,
        entry: toStep(items.filter((item) => item.turnId === turn.id && item.step === index)),
      }));
    return {
      prompt: turn.prompt,
      steps: [...prompts, ...steps, ...moveNotes(items.filter((item) => item.turnId === turn.id))]
        .sort((one, other) => one.at - other.at)
        .map(({ entry }) => entry),
      cut: !underWay && (turn.status === "interrupted" || turn.status === "failed") ? turn.status : null,
    };
  });
}

/** Files that the model has seen or made may be gone when the thread has changed its host. */
function moveNotes(items: Pick<Item, "type" | "step" | "data">[]): { at: number; entry: StepNote }[] {
  return items.flatMap(({ type, step, data }) => {
    const { kind, message } = data as { kind?: string; message?: string };
    if (type !== "notice" || kind !== "hostMoved") return [];
    return [{ at: step + 0.5, entry: { note: `${message} Look at what is there before you rely on it.` } }];
  });
}

type StepItem = Pick<Item, "type" | "status" | "startedAt" | "data" | "model">;

function toStep(items: StepItem[]): StepHistory {
  const message = items.find((item) => item.type === "agentMessage");
  return {
    text: (message?.data as { text?: string } | undefined)?.text ?? "",
    toolCalls: items.filter(({ model }) => model !== null).map(toCall),
  };
}

function toCall({ status, startedAt, model }: StepItem): StepHistory["toolCalls"][number] {
  const { call, result } = model as { call: ToolCall; result?: string };
  const answered = status !== "running" && (startedAt !== null || result !== undefined);
  return { ...call, result: answered ? { status, forModel: result ?? "" } : null };
}

/** What the prompts of the thread were, oldest first; for a commit message. */
export async function loadPrompts(scope: RunScope): Promise<string[]> {
  const turns = await scope.db.prisma.turn.findMany({
    where: { threadId: scope.threadId, status: { notIn: ["queued", "held", "superseded"] } },
    orderBy: { number: "asc" },
    select: { prompt: true },
  });
  return turns.map((turn) => turn.prompt);
}
