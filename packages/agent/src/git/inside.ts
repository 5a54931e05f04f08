import { inside, type Sandbox } from "../sandbox/types.ts";
import { GitError } from "./errors.ts";

/**
 * Where checkpoints are made inside the sandbox: a git directory of ours beside the agent's own, so that neither the
 * agent's configuration, hooks and filters nor the loss of its `.git` disturb them.
 */
export const snapshotDir = `${inside.home}/.heddle/snapshots.git`;

const environment = {
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_CONFIG_COUNT: "4",
  GIT_CONFIG_KEY_0: "core.hooksPath",
  GIT_CONFIG_VALUE_0: "/dev/null",
  GIT_CONFIG_KEY_1: "core.fsmonitor",
  GIT_CONFIG_VALUE_1: "false",
  GIT_CONFIG_KEY_2: "core.excludesFile",
  GIT_CONFIG_VALUE_2: "/dev/null",
  GIT_CONFIG_KEY_3: "gc.auto",
  GIT_CONFIG_VALUE_3: "0",
};

export type InsideOptions = {
  stdin?: Uint8Array | AsyncIterable<Uint8Array>;
  env?: Readonly<Record<string, string>>;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Takes the output instead of `stdout`. */
  onStdout?: (chunk: Buffer) => void;
};

const defaultTimeoutMs = 10 * 60_000;
const maxOutputBytes = 1024 * 1024;

/**
 * Runs a bash script inside the sandbox with our own git environment; at most 1 MB of each output is kept.
 * Whatever comes back is the agent's word and to be judged as such.
 * @throws GitError `TIMED_OUT` or `ABORTED`
 */
export async function runInside(
  sandbox: Sandbox,
  script: string,
  args: readonly string[],
  options: InsideOptions = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { stdin, env, timeoutMs = defaultTimeoutMs, signal, onStdout } = options;
  const kept: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  const sizes = { stdout: 0, stderr: 0 };
  const result = await sandbox.exec({
    argv: ["/bin/bash", "--noprofile", "--norc", "-c", script, "heddle", ...args],
    cwd: "/",
    env: { ...environment, ...env },
    stdin,
    timeoutMs,
    signal,
    onOutput: (chunk, stream) => {
      if (stream === "stdout" && onStdout !== undefined) return onStdout(chunk);
      sizes[stream] += chunk.length;
      if (sizes[stream] <= maxOutputBytes) kept[stream].push(chunk);
    },
  });
  if (result.timedOut) throw new GitError("TIMED_OUT", "git took too long in the sandbox.");
  if (signal?.aborted) throw new GitError("ABORTED", "The git operation was interrupted.");
  const output = (stream: "stdout" | "stderr") => Buffer.concat(kept[stream]).toString();
  return { exitCode: result.exitCode ?? -1, stdout: output("stdout"), stderr: output("stderr") };
}
