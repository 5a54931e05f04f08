import { Readable } from "node:stream";
import { readOutput } from "@heddle/db/items";
import type { ThreadScope } from "@heddle/db/scope";

/** The whole output of a command as bytes, read from the rows as the client takes it. @throws NOT_FOUND */
export async function outputResponse(scope: ThreadScope, itemId: string): Promise<Response> {
  const chunks = readOutput(scope, itemId);
  // The first step finds the item or throws, while the status can still say so.
  const first = await chunks.next();
  async function* bytes() {
    if (!first.done) yield first.value;
    yield* chunks;
  }
  return new Response(Readable.toWeb(Readable.from(bytes(), { objectMode: false })) as ReadableStream<Uint8Array>, {
    headers: {
      // Never a page of ours, whatever a command has printed.
      "content-type": "application/octet-stream",
      "content-disposition": 'attachment; filename="output.txt"',
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
  });
}
