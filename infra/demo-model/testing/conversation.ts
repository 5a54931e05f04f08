import { createEgressFetch } from "@heddle/agent/models/egress";
import { createOpenAiChat } from "@heddle/agent/models/openai-chat";
import type { ModelMessage, ModelToolCall } from "@heddle/agent/models/port";
import { runToolCall, toolSpecs } from "@heddle/agent/orchestrator";
import type { Sandbox } from "@heddle/agent/sandbox/types";

export const loopbackFetch = createEgressFetch({ allowPrivate: () => true, idleTimeoutMs: 500 });

const maxSteps = 40;

/** A thread with the demo model in a sandbox: each prompt is played to its end through the real adapter and tools. */
export function startConversation(baseUrl: string, sandbox: Sandbox) {
  const port = createOpenAiChat({ baseUrl, fetch: loopbackFetch });
  const messages: ModelMessage[] = [{ role: "system", content: "You are a coding agent." }];

  return async (prompt: string): Promise<{ texts: string[]; calls: ModelToolCall[]; final: string }> => {
    messages.push({ role: "user", content: prompt });
    const texts: string[] = [];
    const calls: ModelToolCall[] = [];
    for (let step = 0; step < maxSteps; step++) {
      const { text, toolCalls } = await port.stream({ model: "demo", messages, tools: toolSpecs() });
      messages.push({ role: "assistant", content: text, ...(toolCalls.length > 0 && { toolCalls }) });
      texts.push(text);
      calls.push(...toolCalls);
      if (toolCalls.length === 0) return { texts, calls, final: text };
      for (const call of toolCalls) {
        const { forModel } = await runToolCall(call, { sandbox });
        messages.push({ role: "tool", toolCallId: call.id, content: forModel });
      }
    }
    throw new Error(`no end after ${maxSteps} steps`);
  };
}
