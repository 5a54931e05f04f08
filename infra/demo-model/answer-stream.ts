import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, ChatRequest } from "./wire.ts";

export type Delivery = {
  request: ChatRequest;
  answer: Answer;
  callId: (place: number) => string;
  chunkDelayMs: number;
  /** Aborted when the client has gone. */
  signal: AbortSignal;
  /** Text pieces after which the connection is broken. */
  cutAfter?: number;
  /** Text pieces after which nothing more is sent. */
  hangAfter?: number;
  /** Not even headers are sent. */
  silent?: boolean;
  /** Waited for before the headers (no place given) and before each piece. */
  hold?: (place?: number) => Promise<void>;
};

let count = 0;

function header({ request }: Delivery, object: string) {
  return { id: `chatcmpl-demo-${++count}`, object, created: Math.floor(Date.now() / 1000), model: request.model };
}

/** Sends an answer the way OpenAI's servers do, streamed or whole, as the request asks. */
export async function deliver(response: ServerResponse, delivery: Delivery): Promise<void> {
  if (delivery.silent) return untilGone(delivery.signal);
  await delivery.hold?.();
  if (!delivery.request.stream) return sendWhole(response, delivery);
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  const base = header(delivery, "chat.completion.chunk");
  const send = (data: unknown) => response.write(`data: ${JSON.stringify(data)}\n\n`);
  const sendDelta = (delta: unknown, finishReason: string | null = null) =>
    send({ ...base, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] });

  sendDelta({ role: "assistant", content: "", refusal: null });
  for (const [place, delta] of deltas(delivery).entries()) {
    if (place === delivery.cutAfter) {
      response.socket?.destroy();
      return;
    }
    if (place === delivery.hangAfter) return untilGone(delivery.signal);
    await delivery.hold?.(place);
    if (delivery.chunkDelayMs > 0) await sleep(delivery.chunkDelayMs, undefined, { signal: delivery.signal });
    if (delivery.signal.aborted) return;
    sendDelta(delta);
  }
  sendDelta({}, finishReason(delivery.answer));
  if (delivery.request.stream_options?.include_usage) send({ ...base, choices: [], usage: usage(delivery) });
  response.end("data: [DONE]\n\n");
}

function sendWhole(response: ServerResponse, delivery: Delivery): void {
  const { answer, callId } = delivery;
  const toolCalls = answer.calls.map(({ name, arguments: text }, place) => ({
    id: callId(place),
    type: "function",
    function: { name, arguments: text },
  }));
  const message = {
    role: "assistant",
    content: answer.text || null,
    refusal: null,
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(
    JSON.stringify({
      ...header(delivery, "chat.completion"),
      choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(answer) }],
      usage: usage(delivery),
    }),
  );
}

function deltas({ answer, callId }: Delivery): unknown[] {
  const words = answer.text.match(/\s*\S+\s*/g) ?? (answer.text ? [answer.text] : []);
  const toolDeltas = answer.calls.flatMap(({ name, arguments: text }, index) => [
    { tool_calls: [{ index, id: callId(index), type: "function", function: { name, arguments: "" } }] },
    ...pieces(text).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
  return [...words.map((content) => ({ content })), ...toolDeltas];
}

/** At most eight pieces, so that a long file does not take long to stream. */
function pieces(text: string): string[] {
  const size = Math.max(8, Math.ceil(text.length / 8));
  return Array.from({ length: Math.ceil(text.length / size) }, (_, place) =>
    text.slice(place * size, (place + 1) * size),
  );
}

function finishReason(answer: Answer): string {
  return answer.calls.length > 0 ? "tool_calls" : "stop";
}

function usage({ request, answer }: Delivery) {
  const prompt = Math.ceil(JSON.stringify(request.messages).length / 4);
  const completion = Math.ceil((answer.text.length + JSON.stringify(answer.calls).length) / 4);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

/** Resolves when the client has gone. */
function untilGone(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
