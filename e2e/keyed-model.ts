import { once } from "node:events";
import { createServer } from "node:http";
import { createDemoModel } from "@heddle/infra/demo-model/server";

export type KeyedModel = {
  baseUrl: string;
  /** What the requests so far had as their key. */
  keys(): Set<string>;
  close(): Promise<void>;
};

/** The scripted model behind a door that notes with which key people come. */
export async function createKeyedModel(): Promise<KeyedModel> {
  const model = await createDemoModel({ port: 0, chunkDelayMs: 0 });
  const keys = new Set<string>();
  const server = createServer(async (request, response) => {
    keys.add((request.headers.authorization ?? "none").replace(/^Bearer /, ""));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? "/", model.baseUrl);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: request.method, headers, body: Buffer.concat(chunks) });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    keys: () => keys,
    async close() {
      server.closeAllConnections();
      server.close();
      await model.close();
    },
  };
}
