import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import tar from "tar-stream";
import type { ArchiveEntry } from "./manifest.ts";

export type ArchiveWriter = {
  add(name: string, content: string | Uint8Array): Promise<void>;
  /** Writes what comes as entries `<name>/<number>`. @returns how many bytes came */
  addStream(name: string, source: AsyncIterable<Uint8Array>): Promise<number>;
  /** What has been added so far. */
  readonly entries: readonly ArchiveEntry[];
  /** The archive gets its name only now that it is whole and on the disk. */
  finish(): Promise<void>;
  /** Removes what was written. */
  abandon(): Promise<void>;
};

const pieceBytes = 4 * 2 ** 20;
/** Most of it is packed by git already. */
const compressionLevel = 3;

/** A gzipped tar file, for its owner's eyes only, written beside its place as `<file>.partial`. */
export function createArchive(file: string): ArchiveWriter {
  const partial = `${file}.partial`;
  const pack = tar.pack();
  const entries: ArchiveEntry[] = [];
  const target = createWriteStream(partial, { mode: 0o600 });
  const written = pipeline(pack, createGzip({ level: compressionLevel }), target);
  // Whoever adds next is told; without an adder nobody has to be.
  written.catch((error: Error) => pack.destroy(error));

  async function add(name: string, content: string | Uint8Array): Promise<void> {
    const data = typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
    const entry = await openEntry(name, data.length);
    const finished = once(entry, "finish");
    entry.end(data);
    await Promise.race([finished, written]);
    entries.push({ name, sizeBytes: data.length, sha256: createHash("sha256").update(data).digest("hex") });
  }

  async function openEntry(name: string, size: number) {
    try {
      return pack.entry({ name, size, mode: 0o600, mtime: new Date() });
    } catch (error) {
      // Where writing has failed between two entries, the pack knows no more than that it has ended.
      await written;
      throw error;
    }
  }

  return {
    add,
    entries,
    async addStream(name, source) {
      let [size, number] = [0, 0];
      for await (const piece of inPieces(source)) {
        await add(`${name}/${String(number).padStart(6, "0")}`, piece);
        size += piece.length;
        number += 1;
      }
      return size;
    },
    async finish() {
      pack.finalize();
      await written;
      const handle = await open(partial, "r");
      await handle.sync().finally(() => handle.close());
      await rename(partial, file);
    },
    async abandon() {
      pack.destroy();
      await written.catch(() => undefined);
      await rm(partial, { force: true });
    },
  };
}

/** The same bytes in pieces of one size, the last one shorter; one empty piece for nothing at all. */
async function* inPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let any = false;
  for await (const chunk of source) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < pieceBytes) continue;
    yield Buffer.concat(waiting);
    [waiting, size, any] = [[], 0, true];
  }
  if (size > 0 || !any) yield Buffer.concat(waiting);
}
