import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { deflateSync } from "node:zlib";

/** A git pack at rest: in memory or, when it is large, in a file of ours. */
export type PackBytes = {
  sizeBytes: number;
  /** From `start` up to, not including, `end`. */
  read(start: number, end: number): AsyncIterable<Buffer>;
  close(): Promise<void>;
};

export function packInMemory(bytes: Buffer): PackBytes {
  return {
    sizeBytes: bytes.length,
    async *read(start, end) {
      yield bytes.subarray(start, end);
    },
    close: async () => undefined,
  };
}

/** `close` removes the file. */
export function packInFile(path: string, sizeBytes: number): PackBytes {
  return {
    sizeBytes,
    read: (start, end) => createReadStream(path, { start, end: end - 1 }),
    close: () => rm(path, { force: true }),
  };
}

const headerBytes = 12;
const hashBytes = 20;
const commitType = 1;

/**
 * The pack with one object more, a commit: cheaper than to let git make it anew (gitformat-pack: `PACK`, version 2, the
 * count, the objects, SHA-1 of all that).
 * @param pack null for a pack of the commit alone
 */
export async function* packWithCommit(pack: PackBytes | null, commit: Buffer): AsyncGenerator<Buffer> {
  const hash = createHash("sha1");
  for await (const part of parts(pack, commit)) {
    hash.update(part);
    yield part;
  }
  yield hash.digest();
}

async function* parts(pack: PackBytes | null, commit: Buffer): AsyncGenerator<Buffer> {
  const header = Buffer.from("PACK\0\0\0\u0002\0\0\0\0", "latin1");
  header.writeUInt32BE((pack === null ? 0 : await objectCount(pack)) + 1, 8);
  yield header;
  if (pack !== null) yield* pack.read(headerBytes, pack.sizeBytes - hashBytes);
  yield Buffer.concat([objectHeader(commitType, commit.length), deflateSync(commit)]);
}

async function objectCount(pack: PackBytes): Promise<number> {
  for await (const bytes of pack.read(8, headerBytes)) return bytes.readUInt32BE(0);
  return 0;
}

/** Type and size: four bits of the size in the first byte, seven in each that follows, the lowest first. */
function objectHeader(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (type << 4) | (size & 15);
  for (let rest = size >>> 4; rest > 0; rest >>>= 7) {
    bytes.push(byte | 128);
    byte = rest & 127;
  }
  return Buffer.from([...bytes, byte]);
}

/** The same bytes in pieces of exactly `sizeBytes`, the last one shorter. */
export async function* inPieces(chunks: AsyncIterable<Uint8Array>, sizeBytes: number): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    while (heldBytes + rest.length >= sizeBytes) {
      const end = sizeBytes - heldBytes;
      yield Buffer.concat([...held, rest.subarray(0, end)]);
      [held, heldBytes, rest] = [[], 0, rest.subarray(end)];
    }
    if (rest.length > 0) held.push(rest);
    heldBytes += rest.length;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
