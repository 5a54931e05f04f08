import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { GitError } from "./errors.ts";

export type GitOptions = {
  /** Added to the fixed environment; nothing of this process's own environment reaches git. */
  env?: Readonly<Record<string, string>>;
  stdin?: string | Uint8Array;
  /** An open file that git reads as its standard input. */
  stdinFd?: number;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Output beyond this is dropped and git is ended; `truncated` says so. */
  maxOutputBytes?: number;
  /** Exit codes that are an answer, not a failure; `[0]` when absent. */
  okCodes?: readonly number[];
  /** A repository lock that must outlive this process if git does. */
  lockFd?: number;
  /** An open file that programs started by git find as descriptor {@link secretDescriptor}. */
  secretFd?: number;
  /** What git tells meanwhile; of what it has told, only the end is kept for errors. */
  onStderr?: (chunk: Buffer) => void;
};

export const secretDescriptor = 4;

export type GitOutput = { exitCode: number | null; stdout: Buffer; stderr: string; truncated: boolean };

const defaultTimeoutMs = 60_000;
const defaultMaxOutputBytes = 64 * 1024 * 1024;
const maxErrorBytes = 16 * 1024;

const environment: Record<string, string> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_OPTIONAL_LOCKS: "0",
};

const settings = ["safe.directory=*", "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.quotePath=false"];

function spawnGit(gitDir: string, args: readonly string[], options: GitOptions) {
  const argv = [`--git-dir=${gitDir}`, ...settings.flatMap((setting) => ["-c", setting]), ...args];
  const input = options.stdinFd ?? (options.stdin === undefined ? "ignore" : "pipe");
  return spawn("git", argv, {
    cwd: gitDir,
    env: { ...environment, ...options.env } as NodeJS.ProcessEnv,
    stdio: [input, "pipe", "pipe", options.lockFd ?? "ignore", options.secretFd ?? "ignore"],
    detached: true,
  });
}

/**
 * Runs the host's git on one of our own bare stores, with an environment of its own: no system or user configuration,
 * no prompts, no hooks. Never call it on a worktree: what an agent wrote there can run commands.
 * @throws GitError `GIT_FAILED`, `TIMED_OUT` or `ABORTED`
 */
export async function runGit(gitDir: string, args: readonly string[], options: GitOptions = {}): Promise<GitOutput> {
  const { signal, timeoutMs = defaultTimeoutMs, maxOutputBytes = defaultMaxOutputBytes, okCodes = [0] } = options;
  if (signal?.aborted) throw new GitError("ABORTED", "The git operation was interrupted.");
  const child = spawnGit(gitDir, args, options);
  const stdout: Buffer[] = [];
  let stderr = Buffer.alloc(0);
  let [size, truncated] = [0, false];
  let stopped: "TIMED_OUT" | "ABORTED" | undefined;

  const killGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // already gone
    }
  };
  const stop = (reason: "TIMED_OUT" | "ABORTED") => {
    stopped ??= reason;
    killGroup();
  };
  const onAbort = () => stop("ABORTED");
  const timer = setTimeout(() => stop("TIMED_OUT"), timeoutMs);
  signal?.addEventListener("abort", onAbort, { once: true });

  child.stdout?.on("data", (chunk: Buffer) => {
    const room = maxOutputBytes - size;
    size += chunk.length;
    if (room > 0) stdout.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    if (size > maxOutputBytes && !truncated) {
      truncated = true;
      killGroup();
    }
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-maxErrorBytes);
    options.onStderr?.(chunk);
  });
  child.stdin?.on("error", () => {}); // git may end before it has read everything; its exit code tells
  if (options.stdin !== undefined) child.stdin?.end(options.stdin);

  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", (error) => reject(new GitError("GIT_FAILED", "git could not be started.", String(error))));
      child.once("close", (code) => resolve(code));
    });
    const output = { exitCode, stdout: Buffer.concat(stdout), stderr: stderr.toString(), truncated };
    if (stopped === "ABORTED") throw new GitError("ABORTED", "The git operation was interrupted.");
    if (stopped === "TIMED_OUT") throw new GitError("TIMED_OUT", "The git operation took too long.", args.join(" "));
    if (!truncated && (exitCode === null || !okCodes.includes(exitCode)))
      throw new GitError("GIT_FAILED", `git ${args[0]} failed.`, output.stderr);
    return output;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The same for output that is to be read as it comes, with back-pressure; throws at the end if git failed. */
export async function* streamGit(
  gitDir: string,
  args: readonly string[],
  options: GitOptions = {},
): AsyncGenerator<Uint8Array> {
  const child = spawnGit(gitDir, args, options);
  const stderr: Buffer[] = [];
  const onAbort = () => child.kill("SIGKILL");
  options.signal?.addEventListener("abort", onAbort, { once: true });
  child.stderr?.on("data", (chunk: Buffer) => {
    if (stderr.length < 16) stderr.push(chunk);
  });
  child.stdin?.on("error", () => {});
  const closed = new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", (code) => resolve(code));
  });
  if (options.stdin !== undefined) child.stdin?.end(options.stdin);
  try {
    yield* child.stdout as Readable;
    if ((await closed) !== 0)
      throw new GitError("GIT_FAILED", `git ${args[0]} failed.`, Buffer.concat(stderr).toString());
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    child.kill("SIGKILL");
  }
}

/** One line of output without its end. */
export async function gitLine(gitDir: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  return (await runGit(gitDir, args, options)).stdout.toString().trimEnd();
}
