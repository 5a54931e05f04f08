import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { deliver } from "./answer-stream.ts";
import { currentTurn, readConversation } from "./conversation.ts";
import { demoAnswer } from "./demo.ts";
import { createRequestLog } from "./request-log.ts";
import { createScenarios, scenarioNames } from "./scenarios.ts";
import { requestKind, writeSideAnswer } from "./side-requests.ts";
import { chatRequestSchema, errorBody } from "./wire.ts";

type DemoModelOptions = {
  /** 0 for any free port. */
  port: number;
  /** Pause before each piece of a streamed answer, so that streaming can be seen. */
  chunkDelayMs?: number;
};

export type DemoModel = {
  port: number;
  /** What a provider takes as its base URL. */
  baseUrl: string;
  close(): Promise<void>;
};

const maxBodyBytes = 64 * 1024 * 1024;

/** Starts the scripted demo model: an HTTP server on loopback that speaks OpenAI's Chat Completions. */
export async function createDemoModel({ port, chunkDelayMs = 8 }: DemoModelOptions): Promise<DemoModel> {
  const log = createRequestLog();
  const scenarios = createScenarios();

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.destroyed) return;
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, errorBody(`The demo model failed: ${String(error)}`, "server_error"));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const route = `${request.method} ${url.pathname}`;
    if (route === "GET /v1/models") return sendJson(response, 200, { object: "list", data: models.map(modelObject) });
    if (route === "GET /_requests") {
      const requests = log.find(url.searchParams.get("contains") ?? "");
      return sendJson(response, 200, { count: requests.length, requests });
    }
    if (route !== "POST /v1/chat/completions") {
      return sendJson(
        response,
        404,
        errorBody(`Unknown request URL: ${route}.`, "invalid_request_error", "unknown_url"),
      );
    }
    const body = await readBody(request);
    if (body === null) return sendJson(response, 413, errorBody("The request is too large.", "invalid_request_error"));
    await complete(body, response);
  }

  async function complete(body: string, response: ServerResponse): Promise<void> {
    const parsed = chatRequestSchema.safeParse(parseJson(body));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const message = `Invalid request: ${issue?.path.join(".")}: ${issue?.message}`;
      return sendJson(response, 400, errorBody(message, "invalid_request_error"));
    }
    const chat = parsed.data;
    const name = models.find((model) => chat.model === model || chat.model.startsWith(`${model}:`));
    if (name === undefined) {
      const message = `The model \`${chat.model}\` does not exist.`;
      return sendJson(response, 404, errorBody(message, "invalid_request_error", "model_not_found"));
    }
    const conversation = readConversation(chat);
    const turn = currentTurn(conversation);
    const kind = requestKind(conversation.system);
    const play =
      kind !== "turn"
        ? { answer: { text: writeSideAnswer(kind, turn.prompt), calls: [] } }
        : name === "demo"
          ? { answer: demoAnswer(conversation) }
          : scenarios.play(name, chat.model, conversation);
    const failure = "failure" in play ? play.failure : undefined;
    const entry = {
      at: new Date().toISOString(),
      model: chat.model,
      kind,
      step: turn.steps.length,
      prompt: turn.prompt,
    };
    log.add({ ...entry, status: failure?.status ?? 200 });
    if (failure) return sendJson(response, failure.status, failure.body, failure.headers);

    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const delivery = { request: chat, callId: conversation.nextCallId, chunkDelayMs, signal: gone.signal };
    await deliver(response, { ...delivery, answer: { text: "", calls: [] }, ...play }).catch((error: unknown) => {
      if (!gone.signal.aborted) throw error;
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    port: boundPort,
    baseUrl: `http://127.0.0.1:${boundPort}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const models = ["demo", ...scenarioNames];

function modelObject(id: string) {
  return { id, object: "model", created: 1_700_000_000, owned_by: "heddle-demo" };
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** The body as text; null if it is too large. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
