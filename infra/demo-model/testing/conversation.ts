import { createEgressFetch } from "@heddle/agent/models/egress";
import { createOpenAiChat } from "@heddle/agent/models/openai-chat";
import type { ModelMessage, ModelToolCall } from "@heddle/agent/models/port";
import { runLocally, toolSpecs } from "./local-tools.ts";

export const loopbackFetch = createEgressFetch({ allowPrivate: () => true, idleTimeoutMs: 500 });

const maxSteps = 40;

/** A thread with the demo model on a folder: each prompt is played to its end through the real adapter. */
export function startConversation(baseUrl: string, folder: string, model = "demo") {
  const port = createOpenAiChat({ baseUrl, fetch: loopbackFetch });
  const messages: ModelMessage[] = [{ role: "system", content: "You are a coding agent." }];

  return async (prompt: string): Promise<{ texts: string[]; calls: ModelToolCall[]; final: string }> => {
    messages.push({ role: "user", content: prompt });
    const texts: string[] = [];
    const calls: ModelToolCall[] = [];
    for (let step = 0; step < maxSteps; step++) {
      const { text, toolCalls } = await port.stream({ model, messages, tools: toolSpecs });
      messages.push({ role: "assistant", content: text, ...(toolCalls.length > 0 && { toolCalls }) });
      texts.push(text);
      calls.push(...toolCalls);
      if (toolCalls.length === 0) return { texts, calls, final: text };
      for (const call of toolCalls)
        messages.push({ role: "tool", toolCallId: call.id, content: runLocally(folder, call) });
    }
    throw new Error(`no end after ${maxSteps} steps`);
  };
}
