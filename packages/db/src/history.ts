import type { RunScope, TurnScope } from "./run-scope.ts";
import type { ToolCall } from "./run-step.ts";

/** How a call ended and what the model is told; `null` when it never started. */
export type ToolResult = { status: "completed" | "failed" | "declined" | "interrupted"; forModel: string };
export type StepHistory = { text: string; toolCalls: (ToolCall & { result: ToolResult | null })[] };
export type TurnHistory = { prompt: string; steps: StepHistory[] };

/** The conversation as the model is to see it: every turn up to this one, in order, with finished steps only. */
export async function loadHistory(scope: TurnScope): Promise<TurnHistory[]> {
  const { prisma } = scope.db;
  const current = await prisma.turn.findUniqueOrThrow({ where: { id: scope.turnId } });
  const turns = await prisma.turn.findMany({
    where: { threadId: scope.threadId, number: { lte: current.number } },
    orderBy: { number: "asc" },
    include: { steps: { where: { completedAt: { not: null } }, orderBy: { index: "asc" } } },
  });
  const items = await prisma.item.findMany({
    where: {
      threadId: scope.threadId,
      turnId: { in: turns.map((turn) => turn.id) },
      type: { in: ["agentMessage", "commandExecution", "fileChange", "toolCall"] },
    },
    orderBy: { position: "asc" },
    select: { turnId: true, step: true, type: true, status: true, startedAt: true, data: true, model: true },
  });
  return turns.map((turn) => ({
    prompt: turn.prompt,
    steps: turn.steps.map((step) => {
      const own = items.filter((item) => item.turnId === turn.id && item.step === step.index);
      const message = own.find((item) => item.type === "agentMessage");
      return {
        text: (message?.data as { text?: string } | undefined)?.text ?? "",
        toolCalls: own
          .filter((item) => item.type !== "agentMessage")
          .map((item) => {
            const { call, result } = item.model as { call: ToolCall; result?: string };
            const ended = item.startedAt !== null && item.status !== "running";
            return {
              ...call,
              result: ended ? { status: item.status as ToolResult["status"], forModel: result ?? "" } : null,
            };
          }),
      };
    }),
  }));
}

/** What the prompts of the thread were, oldest first; for a commit message. */
export async function loadPrompts(scope: RunScope): Promise<string[]> {
  const turns = await scope.db.prisma.turn.findMany({
    where: { threadId: scope.threadId, status: { not: "queued" } },
    orderBy: { number: "asc" },
    select: { prompt: true },
  });
  return turns.map((turn) => turn.prompt);
}
