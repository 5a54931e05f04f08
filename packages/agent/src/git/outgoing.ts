import { createWriteStream, mkdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { inPieces, type PackBytes, packInFile, packWithCommit } from "./pack-bytes.ts";
import { streamGit } from "./run.ts";
import type { ProjectStore } from "./store.ts";

const pieceBytes = 1024 * 1024;

/** What a commit adds to what upstream and the thread's earlier packs have, on its way to where every host finds it. */
export type OutgoingPack = {
  commit: string;
  /** Full name of the ref that points to the commit. */
  ref: string;
  /** A whole git pack in pieces of at most 1 MiB; may be read again. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Removes what is kept for it on the disk. */
  close(): Promise<void>;
};

/** @param received what came for the commit's tree, null for nothing @param body the commit as git keeps it */
export function packOfCommit(
  { commit, ref }: { commit: string; ref: string },
  received: PackBytes | null,
  body: Buffer,
): OutgoingPack {
  return {
    commit,
    ref,
    pieces: () => inPieces(packWithCommit(received, body), pieceBytes),
    close: async () => received?.close(),
  };
}

/**
 * The same made by git from the store, for a commit whose pack is no longer at hand.
 * @param have commits that whoever takes the pack in has already
 */
export async function packFromStore(
  store: ProjectStore,
  options: { threadId: string; commit: string; ref: string; have: readonly string[]; signal?: AbortSignal },
): Promise<OutgoingPack> {
  const { threadId, commit, ref, have, signal } = options;
  const incoming = join(store.threadsDir, "incoming");
  mkdirSync(incoming, { recursive: true });
  const path = join(incoming, `${threadId}.${commit}.pack`);
  const stdin = [commit, ...have.map((id) => `^${id}`)].map((line) => `${line}\n`).join("");
  const args = ["pack-objects", "--revs", "--local", "--stdout", "-q"];
  await pipeline(Readable.from(streamGit(store.threadsDir, args, { stdin, signal })), createWriteStream(path));
  const bytes = packInFile(path, (await stat(path)).size);
  return {
    commit,
    ref,
    pieces: () => inPieces(bytes.read(0, bytes.sizeBytes), pieceBytes),
    close: bytes.close,
  };
}
