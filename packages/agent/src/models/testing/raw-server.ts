import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type RawRequest = { path: string; headers: IncomingMessage["headers"]; body: Record<string, unknown> };

/** A provider for tests: a real HTTP server that answers as each test says and remembers what it was asked. */
export async function createRawServer() {
  const requests: RawRequest[] = [];
  let answer: (response: ServerResponse) => void = (response) => response.end();

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString() || "{}");
    requests.push({ path: request.url ?? "", headers: request.headers, body });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answerWith(next: (response: ServerResponse) => void): void {
      requests.length = 0;
      answer = next;
    },
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}

export function startStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
}

/** One event of a Chat Completions stream. */
export function chunk(delta: object, finishReason: string | null = null): string {
  return `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;
}
