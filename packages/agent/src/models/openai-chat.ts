import OpenAI from "openai";
import type { ChatCompletionChunk, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { cleanText } from "../clean-text.ts";
import type { EgressFetch } from "./egress.ts";
import { toModelError } from "./openai-errors.ts";
import {
  type ModelAnswer,
  ModelError,
  type ModelFinishReason,
  type ModelMessage,
  type ModelPort,
  type ModelRequest,
} from "./port.ts";
import { createTextAssembler } from "./text-assembler.ts";
import { createToolCallAssembler } from "./tool-call-fragments.ts";

type OpenAiChatOptions = {
  /** `https://api.openai.com/v1` if left out. An address without a path gets `/v1`; one with a path is taken as it is. */
  baseUrl?: string | undefined;
  /** Left out for servers that ask for none. */
  apiKey?: string | undefined;
  /** From `createEgressFetch`; its time-outs are this port's time-outs. */
  fetch: EgressFetch;
};

/** The port to any server that speaks OpenAI's Chat Completions. One request a call, no retries of its own. */
export function createOpenAiChat({ baseUrl, apiKey, fetch }: OpenAiChatOptions): ModelPort {
  const url = normaliseBaseUrl(baseUrl ?? "https://api.openai.com/v1");
  // Every option that the SDK would otherwise take from the environment of this process is given.
  const client = new OpenAI({
    baseURL: `${url.origin}${url.pathname}`,
    defaultQuery: Object.fromEntries(url.searchParams),
    apiKey: apiKey || "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    maxRetries: 0,
    timeout: 24 * 60 * 60 * 1000,
    fetch,
    defaultHeaders: apiKey ? {} : { Authorization: null },
  });

  return {
    async stream(request, { signal, onDelta } = {}) {
      const answer = createAnswerAssembler(onDelta ?? (() => {}));
      let begun = false;
      const fail = (error: unknown) =>
        toModelError(error, {
          host: url.host,
          apiKey,
          aborted: signal?.aborted ?? false,
          receivedChars: begun ? answer.chars : undefined,
        });
      const call = client.chat.completions.create(toBody(request, url.hostname), { signal }).withResponse();
      const { data, response } = await call.catch((error: unknown) => Promise.reject(fail(error)));
      const type = response.headers.get("content-type") ?? "";
      if (!type.includes("text/event-stream")) {
        data.controller.abort();
        throw new ModelError(
          "bad_request",
          `${url.host} does not answer like a Chat Completions server: check the base URL.`,
        );
      }
      begun = true;
      try {
        for await (const chunk of wrapErrors(data, fail)) answer.add(chunk);
      } catch (error) {
        // Only usage comes after the finish reason: an answer that lacks just that is complete.
        if (!(error instanceof ModelError) || error.kind === "aborted" || !answer.finished) throw error;
      }
      if (signal?.aborted) throw fail(signal.reason);
      if (!answer.finished) throw fail(new Error("the stream ended without a finish reason"));
      return answer.finish(`call_${request.messages.length}_`);
    },
  };
}

/** Errors of the stream become `ModelError`; what the consumer of the loop throws stays as it is. */
async function* wrapErrors<T>(stream: AsyncIterable<T>, fail: (error: unknown) => ModelError): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    throw fail(error);
  }
}

function createAnswerAssembler(onDelta: (delta: { type: "text" | "reasoning"; text: string }) => void) {
  const text = createTextAssembler((piece) => onDelta({ type: "text", text: piece }));
  const reasoning = createTextAssembler((piece) => onDelta({ type: "reasoning", text: piece }));
  const toolCalls = createToolCallAssembler();
  let finishReason: string | null = null;
  let usage: ModelAnswer["usage"] = null;

  return {
    add(chunk: ChatCompletionChunk): void {
      if (chunk.usage)
        usage = { inputTokens: chunk.usage.prompt_tokens ?? 0, outputTokens: chunk.usage.completion_tokens ?? 0 };
      const choice = chunk.choices?.[0];
      if (!choice) return;
      // Servers stream reasoning under two names; neither is part of OpenAI's specification.
      const delta: ChatCompletionChunk.Choice.Delta & { reasoning_content?: unknown; reasoning?: unknown } =
        choice.delta ?? {};
      reasoning.add(delta.reasoning_content ?? delta.reasoning);
      text.add(delta.content);
      for (const fragment of delta.tool_calls ?? []) toolCalls.add(fragment);
      if (choice.finish_reason) finishReason = choice.finish_reason;
    },
    get chars() {
      return text.value.length + reasoning.value.length + toolCalls.chars;
    },
    get finished() {
      return finishReason !== null && finishReason !== "error";
    },
    finish(idPrefix: string): ModelAnswer {
      text.end();
      reasoning.end();
      const calls = toolCalls.finish(idPrefix);
      return {
        text: text.value,
        reasoning: reasoning.value,
        toolCalls: calls,
        finishReason: toFinishReason(finishReason, calls.length > 0),
        usage,
      };
    },
  };
}

function toFinishReason(reason: string | null, hasToolCalls: boolean): ModelFinishReason {
  if (reason === "length" || reason === "content_filter") return reason;
  return hasToolCalls ? "tool_calls" : "stop";
}

function toBody(request: ModelRequest, hostname: string): OpenAI.ChatCompletionCreateParamsStreaming {
  const { model, messages, tools, maxOutputTokens } = request;
  // OpenAI's newer models refuse the old name of the limit; other servers know only that one.
  const limitName = /(^|\.)openai\.(com|azure\.com)$/.test(hostname) ? "max_completion_tokens" : "max_tokens";
  return {
    model,
    messages: messages.map(toWireMessage),
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: "function" as const, function: tool })) }),
    ...(maxOutputTokens !== undefined && { [limitName]: maxOutputTokens }),
  };
}

function toWireMessage(message: ModelMessage): ChatCompletionMessageParam {
  const content = cleanText(message.content);
  if (message.role === "tool") return { role: "tool", tool_call_id: message.toolCallId, content };
  if (message.role !== "assistant" || !message.toolCalls?.length) return { role: message.role, content };
  return {
    role: "assistant",
    content: content || null,
    tool_calls: message.toolCalls.map(({ id, name, arguments: text }) => ({
      id,
      type: "function",
      function: { name, arguments: cleanText(text) },
    })),
  };
}

/** An administrator's text as the address that `/chat/completions` is put after. Throws `ModelError` for what is no web address. */
export function normaliseBaseUrl(text: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new ModelError("bad_request", "The provider's base URL is not a web address like https://host/v1.");
  }
  url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/chat\/completions$/, "");
  if (url.pathname === "/") url.pathname = "/v1";
  return url;
}
