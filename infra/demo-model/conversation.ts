import type { ChatRequest } from "./wire.ts";

/** A tool call of the past, with what came back. */
export type PastCall = { name: string; input: Record<string, unknown>; result: string };

/** One prompt and the answers with tool calls that followed it. */
export type PastTurn = { prompt: string; steps: PastCall[][]; answered: boolean };

export type Conversation = {
  system: string;
  /** Oldest first; the last one is the turn to answer. */
  turns: PastTurn[];
  tools: ReadonlySet<string>;
  /** Unique in the conversation. */
  nextCallId: (place: number) => string;
};

/** Reads a request's messages into turns. The server keeps no state: this is all that it knows of a thread. */
export function readConversation({ messages, tools }: ChatRequest): Conversation {
  const results = new Map(messages.flatMap((m) => (m.role === "tool" ? [[m.tool_call_id, m.content] as const] : [])));
  const turns: PastTurn[] = [];
  for (const message of messages) {
    if (message.role === "user") turns.push({ prompt: message.content, steps: [], answered: false });
    const turn = turns.at(-1);
    if (message.role !== "assistant" || turn === undefined) continue;
    const calls = message.tool_calls ?? [];
    if (calls.length === 0) turn.answered = true;
    else turn.steps.push(calls.map(({ id, function: f }) => pastCall(f.name, f.arguments, results.get(id) ?? "")));
  }
  return {
    system: messages.flatMap((m) => (m.role === "system" || m.role === "developer" ? [m.content] : [])).join("\n"),
    turns: turns.length > 0 ? turns : [{ prompt: "", steps: [], answered: false }],
    tools: new Set(tools.map((tool) => tool.function.name)),
    nextCallId: (place) => `call_${messages.length}_${place}`,
  };
}

function pastCall(name: string, text: string, result: string): PastCall {
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === "object" && input !== null) return { name, input: { ...input }, result };
  } catch {
    // A scenario sent it malformed on purpose.
  }
  return { name, input: {}, result };
}

/** The turn to answer. */
export function currentTurn({ turns }: Conversation): PastTurn {
  return turns.at(-1) ?? { prompt: "", steps: [], answered: false };
}
