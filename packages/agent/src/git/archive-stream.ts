import { createHash } from "node:crypto";
import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { cleanText } from "../clean-text.ts";
import type { Sandbox } from "../sandbox/types.ts";
import {
  archiveEnvironment,
  digestScript,
  emptyScript,
  ignoredScript,
  packScript,
  unpackScript,
} from "./archive-script.ts";
import { GitError } from "./errors.ts";
import { type InsideOptions, runInside } from "./inside.ts";

/** `leftOut`: paths as archive-pack-program.ts takes them. */
type Request = { leftOut?: Uint8Array; signal?: AbortSignal };

export type Packed = {
  sizeBytes: number;
  sha256: string;
  /** Everything but folders. */
  files: number;
  contentBytes: number;
  /** Paths of sockets and devices, for people; a hundred at most. */
  notKept: string[];
};

const timeoutMs = 60 * 60_000;
const maxIgnoredBytes = 64 * 2 ** 20;
const maxNamed = 100;
const nothing = new Uint8Array();
const magicOfZstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Writes the worktree to `worktree.tar.zst` (or `.gz`) in a folder of this host, as it comes, and on to the disk. */
export async function packInto(sandbox: Sandbox, dir: string, { leftOut, signal }: Request): Promise<Packed> {
  const path = join(dir, "incoming");
  const fd = openSync(path, "w", 0o600);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const onStdout = (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
    hash.update(chunk);
    sizeBytes += chunk.length;
  };
  try {
    const { stderr } = await run(sandbox, packScript, [], { stdin: leftOut ?? nothing, onStdout, signal });
    fsyncSync(fd);
    const [, files, contentBytes, paths] = /^(\d+) (\d+)\n(.*)$/s.exec(stderr) ?? [];
    if (paths === undefined) throw failure(stderr);
    await rename(path, join(dir, `worktree.tar.${await compressionOf(path)}`));
    const notKept = paths.split("\0").filter(Boolean).slice(0, maxNamed).map(cleanText);
    const sizes = { files: Number(files), contentBytes: Number(contentBytes) };
    return { sizeBytes, sha256: hash.digest("hex"), ...sizes, notKept };
  } finally {
    closeSync(fd);
  }
}

/** Makes the worktree what the file holds, and nothing else. */
export async function unpackFrom(sandbox: Sandbox, file: string, signal?: AbortSignal): Promise<void> {
  const stdin = createReadStream(file, { highWaterMark: 2 ** 18 });
  await run(sandbox, unpackScript, [file.endsWith(".zst") ? "zstd" : "gzip"], { stdin, signal });
}

/** Removes everything in the worktree, closed folders too. */
export async function emptyWorktree(sandbox: Sandbox): Promise<void> {
  await run(sandbox, emptyScript, [], {});
}

/** SHA-256 of the worktree as a stream: the same for two that have the same entries, modes and contents. */
export async function digestOf(sandbox: Sandbox, { leftOut, signal }: Request): Promise<string> {
  const { stdout } = await run(sandbox, digestScript, [], { stdin: leftOut ?? nothing, signal });
  return stdout.trim();
}

/** What git ignores, as a list to leave out. */
export async function ignoredPaths(sandbox: Sandbox, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  const onStdout = (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxIgnoredBytes) throw failure("the list of ignored files is too long");
    chunks.push(chunk);
  };
  await run(sandbox, ignoredScript, [], { onStdout, signal });
  return Buffer.concat(chunks);
}

async function compressionOf(path: string): Promise<"zst" | "gz"> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(magicOfZstd.length), 0, magicOfZstd.length, 0);
    return buffer.equals(magicOfZstd) ? "zst" : "gz";
  } finally {
    await file.close();
  }
}

async function run(sandbox: Sandbox, script: string, args: string[], options: InsideOptions) {
  const output = await runInside(sandbox, script, args, { ...options, env: archiveEnvironment, timeoutMs });
  if (output.exitCode !== 0) throw failure(output.stderr);
  return output;
}

const failure = (detail: string) =>
  new GitError("ARCHIVE_FAILED", "The worktree could not be read or written in whole.", cleanText(detail));
