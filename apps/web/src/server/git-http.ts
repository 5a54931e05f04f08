import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { createGunzip } from "node:zlib";
import { AppError } from "@heddle/db/errors";
import type { ProjectScope } from "@heddle/db/scope";
import { committedThreads } from "@heddle/db/thread-origins";

/** What a client wants and has: a megabyte names some 20,000 commits. */
const maxRequestBytes = 8 * 1024 * 1024;

/**
 * Of the threads' store, git shows the caller's branches and nothing else: everything is hidden, then each visible branch is
 * shown again, the last word counting (gitconfig, transfer.hideRefs). Protocol version 0 alone, because version 2 gives
 * any object whose id one knows; so `GIT_PROTOCOL` is never set. Values travel in the environment, where no name can
 * become an option.
 */
function gitEnvironment(branches: readonly string[]): Record<string, string> {
  const settings: [string, string][] = [
    ["safe.directory", "*"],
    ["protocol.version", "0"],
    ["uploadpack.hideRefs", "refs"],
    ["uploadpack.hideRefs", "HEAD"],
    ...branches.map((branch): [string, string] => ["uploadpack.hideRefs", `!refs/heads/${branch}`]),
    ["uploadpack.allowAnySHA1InWant", "false"],
    ["uploadpack.allowReachableSHA1InWant", "false"],
    ["uploadpack.allowTipSHA1InWant", "false"],
    ["uploadpack.allowFilter", "false"],
  ];
  const numbered = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(numbered),
  };
}

async function uploadPack(scope: ProjectScope, homeDir: string, flags: string[], left: AbortSignal) {
  const gitDir = join(homeDir, "repos", scope.projectId, "threads.git");
  if (!existsSync(gitDir)) throw new AppError("PROJECT_NOT_READY");
  const branches = (await committedThreads(scope)).map(({ branch }) => branch);
  const env = gitEnvironment(branches) as NodeJS.ProcessEnv;
  const argv = ["upload-pack", "--stateless-rpc", "--strict", "--timeout=60", ...flags, gitDir];
  const child = spawn("git", argv, { env, stdio: ["pipe", "pipe", "ignore"], detached: true });
  const end = () => kill(child);
  left.addEventListener("abort", end, { once: true });
  if (left.aborted) end();
  child.once("close", () => left.removeEventListener("abort", end));
  child.once("error", end);
  child.stdin.on("error", () => undefined);
  return child;
}

const headers = (kind: string) => ({
  "content-type": `application/x-git-upload-pack-${kind}`,
  "cache-control": "no-store",
});

/** `GET …/info/refs?service=git-upload-pack`. @throws FORBIDDEN for pushing, BAD_INPUT for the dumb protocol */
export async function advertiseRefs(scope: ProjectScope, homeDir: string, request: Request): Promise<Response> {
  const service = new URL(request.url).searchParams.get("service");
  if (service === "git-receive-pack") throw new AppError("FORBIDDEN", { message: "Nothing can be pushed here." });
  if (service !== "git-upload-pack") throw new AppError("BAD_INPUT", { message: "Use git 1.6.6 or newer." });
  const child = await uploadPack(scope, homeDir, ["--http-backend-info-refs"], request.signal);
  child.stdin.end();
  return new Response(packetsOf(child, "001e# service=git-upload-pack\n0000"), { headers: headers("advertisement") });
}

/** `POST …/git-upload-pack`: what the client wants goes in, the pack comes out as git makes it. */
export async function sendPack(scope: ProjectScope, homeDir: string, request: Request): Promise<Response> {
  const child = await uploadPack(scope, homeDir, [], request.signal);
  const body = Readable.fromWeb((request.body ?? new ReadableStream()) as NodeReadableStream);
  const zipped = ["gzip", "x-gzip"].includes(request.headers.get("content-encoding") ?? "");
  const limited = atMost(maxRequestBytes);
  const read = zipped ? pipeline(body, createGunzip(), limited, child.stdin) : pipeline(body, limited, child.stdin);
  read.catch(() => kill(child));
  return new Response(packetsOf(child), { headers: headers("result") });
}

/** With the program that makes the pack, which would go on counting objects that nobody wants any more. */
function kill({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Ended in this very moment.
  }
}

function atMost(maxBytes: number) {
  return async function* (source: AsyncIterable<Uint8Array>) {
    let sizeBytes = 0;
    for await (const chunk of source) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw new AppError("PAYLOAD_TOO_LARGE");
      yield chunk;
    }
  };
}

/** Git's output with back-pressure; a reader that leaves ends git, a git that fails ends the connection. */
function packetsOf(child: ChildProcess & { stdout: Readable }, first = ""): ReadableStream<Uint8Array> {
  async function* read(): AsyncGenerator<Uint8Array> {
    const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
    try {
      if (first) yield Buffer.from(first);
      yield* child.stdout;
      if ((await closed) !== 0) throw new Error("git upload-pack failed");
    } finally {
      kill(child);
    }
  }
  return Readable.toWeb(Readable.from(read(), { objectMode: false })) as ReadableStream<Uint8Array>;
}
