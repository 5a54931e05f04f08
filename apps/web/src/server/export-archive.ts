import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { ExportPart } from "@heddle/db/export-workspace";
import tar, { type Pack } from "tar-stream";

/** An export as a tar.gz with one `.jsonl` file for each part: made as it is read, one part in memory at a time. */
export function archiveOf(parts: AsyncIterable<ExportPart>): ReadableStream {
  const pack = tar.pack();
  const gzip = createGzip();
  // Either may break: what is read from `gzip` breaks off, and the reader sees half a file.
  pipeline(pack, gzip).catch(() => undefined);
  fill(pack, parts).catch((error: Error) => pack.destroy(error));
  return Readable.toWeb(gzip) as ReadableStream;
}

async function fill(pack: Pack, parts: AsyncIterable<ExportPart>): Promise<void> {
  for await (const { name, rows } of parts) {
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    await new Promise<void>((resolve, reject) => {
      pack.entry({ name: `${name}.jsonl` }, text, (error) => (error ? reject(error) : resolve()));
    });
  }
  pack.finalize();
}
