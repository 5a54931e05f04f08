import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { GitError } from "./errors.ts";
import { type PackBytes, packInFile, packInMemory } from "./pack-bytes.ts";
import { type GitOptions, runGit } from "./run.ts";
import type { ProjectStore } from "./store.ts";

/** A pack on its way into the store of threads: from a sandbox, or from where it was kept for other hosts. */
export type IncomingPack = {
  /** @throws GitError `SNAPSHOT_TOO_LARGE` */
  write(chunk: Buffer): void;
  /**
   * Takes the objects over if the pack is sound, stands alone, and brings the whole of a tree or commit beyond what
   * upstream or those of `have` contain: a thread that names an object of another thread must not be given it.
   * @param have trees, or commits that are parents, in git's words for revisions
   * @throws GitError `SNAPSHOT_REFUSED`
   */
  accept(id: string, have: readonly string[], signal?: AbortSignal): Promise<void>;
  /** What was accepted, as it came; to be closed. */
  take(): Promise<PackBytes>;
  /** Removes what was not taken. */
  close(): Promise<void>;
};

const looseLimit = 100;
/** A larger pack stays in its file. */
const memoryBytes = 4 * 1024 * 1024;

/** Makes a quarantine below the store of threads once something comes; one thread has one at a time. */
export function receivePack(store: ProjectStore, threadId: string, maxBytes: number): IncomingPack {
  let quarantine: { dir: string; pack: string; fd: number } | null = null;
  let size = 0;
  const start = () => {
    const dir = makeQuarantine(join(store.threadsDir, "incoming"), threadId);
    const pack = join(dir, "received");
    return { dir, pack, fd: openSync(pack, "w") };
  };
  const received = () => {
    if (quarantine === null) throw new GitError("SNAPSHOT_REFUSED", "The sandbox sent no objects.");
    return quarantine;
  };
  return {
    write: (chunk) => {
      size += chunk.length;
      if (size > maxBytes)
        throw new GitError("SNAPSHOT_TOO_LARGE", `The changes are larger than ${Math.floor(maxBytes / 2 ** 20)} MB.`);
      quarantine ??= start();
      writeSync(quarantine.fd, chunk);
    },
    accept: async (id, have, signal) => {
      const { dir, pack } = received();
      await accept(store, dir, pack, { id, have, signal });
    },
    take: async () => {
      const { dir, pack } = received();
      if (size <= memoryBytes) return packInMemory(await readFile(pack));
      const kept = `${dir}.pack`;
      await rename(pack, kept);
      return packInFile(kept, size);
    },
    close: async () => {
      if (quarantine === null) return;
      closeSync(quarantine.fd);
      await rm(quarantine.dir, { recursive: true, force: true });
    },
  };
}

function makeQuarantine(parent: string, threadId: string): string {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent))
    if (name.startsWith(`${threadId}.`)) rmSync(join(parent, name), { recursive: true, force: true });
  return mkdtempSync(join(parent, `${threadId}.`));
}

type Expected = { id: string; have: readonly string[]; signal?: AbortSignal };

async function accept(store: ProjectStore, dir: string, pack: string, expected: Expected) {
  const { id, have, signal } = expected;
  const env = {
    GIT_OBJECT_DIRECTORY: dir,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: [store.threadsDir, store.upstreamDir]
      .map((path) => join(path, "objects"))
      .join(":"),
  };
  const git = (args: string[], input: Pick<GitOptions, "stdin" | "stdinFd">) =>
    runGit(store.threadsDir, args, { env, ...input, signal, timeoutMs: 10 * 60_000 }).catch(refused);

  const file = await open(pack, "r");
  let hash: string;
  try {
    // Without --fix-thin: a delta must not reach for objects that the thread itself did not send.
    const indexed = await git(["index-pack", "--strict", "--stdin"], { stdinFd: file.fd });
    hash = indexed.stdout.toString().trim().split("\t").at(-1) ?? "";
  } finally {
    await file.close();
  }
  const base = join(dir, "pack", `pack-${hash}`);
  const received = packObjects(await readFile(`${base}.idx`));
  const revisions = [id, ...have.map((known) => `^${known}`)].map((line) => `${line}\n`).join("");
  const needed = await git(["rev-list", "--objects", "--no-object-names", "--stdin"], { stdin: revisions });
  const elsewhere = needed.stdout
    .toString()
    .split("\n")
    .filter((object) => object !== "" && !received.has(object));
  await assertUpstreamHas(store, elsewhere, signal);
  if (received.size < looseLimit) await unpack(store, `${base}.pack`, signal);
  else await movePack(store, base);
}

function refused(error: unknown): never {
  if (!(error instanceof GitError) || error.code !== "GIT_FAILED") throw error;
  throw new GitError("SNAPSHOT_REFUSED", "git refuses what the sandbox sent.", error.detail);
}

async function assertUpstreamHas(store: ProjectStore, ids: readonly string[], signal?: AbortSignal): Promise<void> {
  if (ids.length === 0) return;
  const stdin = ids.map((id) => `${id}\n`).join("");
  const { stdout } = await runGit(store.upstreamDir, ["cat-file", "--batch-check"], { stdin, signal });
  const missing = stdout
    .toString()
    .split("\n")
    .find((line) => line.endsWith(" missing"));
  if (missing !== undefined)
    throw new GitError("SNAPSHOT_REFUSED", "The sandbox named an object that it did not send.", missing);
}

/** Few objects become loose ones, as `git receive-pack` does it: a pack per step would make every look-up slow. */
async function unpack(store: ProjectStore, pack: string, signal?: AbortSignal): Promise<void> {
  const file = await open(pack, "r");
  try {
    await runGit(store.threadsDir, ["unpack-objects", "-q"], { stdinFd: file.fd, signal });
  } finally {
    await file.close();
  }
}

async function movePack(store: ProjectStore, base: string): Promise<void> {
  const target = join(store.threadsDir, "objects/pack", basename(base));
  await rename(`${base}.pack`, `${target}.pack`);
  await rename(`${base}.rev`, `${target}.rev`).catch(() => {}); // written by newer versions of git only
  await rename(`${base}.idx`, `${target}.idx`); // last: it makes the pack visible
}

/** The ids in a pack index, version 2: a header of 8 bytes, 256 counts, the ids in order (gitformat-pack). */
function packObjects(index: Buffer): Set<string> {
  const tableEnd = 8 + 256 * 4;
  if (index.readUInt32BE(0) !== 0xff744f63 || index.readUInt32BE(4) !== 2)
    throw new GitError("GIT_FAILED", "git wrote a pack index of an unknown version.");
  const count = index.readUInt32BE(tableEnd - 4);
  const ids = new Set<string>();
  for (let at = tableEnd; ids.size < count; at += 20) ids.add(index.toString("hex", at, at + 20));
  return ids;
}
