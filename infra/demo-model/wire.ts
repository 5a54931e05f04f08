import { z } from "zod";

const toolCall = z.object({
  id: z.string(),
  type: z.literal("function"),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const content = z.union([z.string(), z.array(textPart).transform((parts) => parts.map((part) => part.text).join(""))]);

const message = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer", "user"]), content }),
  z.object({ role: z.literal("assistant"), content: content.nullish(), tool_calls: z.array(toolCall).optional() }),
  z.object({ role: z.literal("tool"), tool_call_id: z.string(), content }),
]);

/** The part of OpenAI's Chat Completions request that this server understands; other fields are accepted and ignored. */
export const chatRequestSchema = z.object({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  tools: z.array(z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) })).default([]),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
});

export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** A tool call of an answer. `arguments` is the raw text that is sent. */
export type AnswerCall = { name: string; arguments: string };

/** An answer before it is put on the wire. */
export type Answer = { text: string; calls: AnswerCall[] };

/** An error as OpenAI's servers send it. */
export function errorBody(message: string, type: string, code: string | null = null) {
  return { error: { message, type, param: null, code } };
}

export function call(name: string, input: Record<string, unknown>): AnswerCall {
  return { name, arguments: JSON.stringify(input) };
}
