import { SandboxLost } from "../sandbox/errors.ts";
import type { ExecResult, Sandbox } from "../sandbox/types.ts";
import { createOutputWindow } from "../tools/output-window.ts";

export type SetupResult = {
  /** `lost`: with its sandbox, which something has ended. */
  outcome: "completed" | "failed" | "interrupted" | "lost";
  exitCode: number | null;
  /** Beginning and end when it is long. */
  output: string;
  outputBytes: number;
  durationMs: number;
  /** How it ended, for people; null when it did what it should. */
  problem: string | null;
  /** The end of the log, for people. */
  lastLines: string;
};

export type SetupOptions = {
  signal?: AbortSignal;
  onOutput?: (chunk: Buffer) => void;
  timeoutMs?: number;
};

const defaultTimeoutMs = 30 * 60_000;
const peopleChars = 64 * 1024;
const mostLines = 20;
const mostLineChars = 2_000;

/**
 * Runs a project's setup script in the root of the worktree, with the hosts of its own list. Every command that fails
 * ends it (`bash -eu`); it has no terminal and no input.
 */
export async function runSetupScript(
  sandbox: Sandbox,
  script: string,
  { signal, onOutput, timeoutMs = defaultTimeoutMs }: SetupOptions = {},
): Promise<SetupResult> {
  const output = createOutputWindow(peopleChars);
  const startedAt = performance.now();
  const end = (outcome: SetupResult["outcome"], exitCode: number | null, problem: string | null): SetupResult => ({
    outcome,
    exitCode,
    output: output.text(peopleChars),
    outputBytes: output.sizeBytes(),
    durationMs: Math.round(performance.now() - startedAt),
    problem,
    lastLines: lastLinesOf(output.text(peopleChars)),
  });
  try {
    const result = await sandbox.exec({
      argv: ["bash", "-eu", "-c", script, "setup"],
      network: "setup",
      limited: true,
      timeoutMs,
      signal,
      onOutput: (chunk) => {
        output.push(chunk);
        onOutput?.(chunk);
      },
    });
    if (signal?.aborted) return end("interrupted", null, null);
    const problem = problemOf(result, timeoutMs);
    return end(problem === null ? "completed" : "failed", result.exitCode, problem);
  } catch (error) {
    if (signal?.aborted) return end("interrupted", null, null);
    if (error instanceof SandboxLost) return end("lost", null, "The sandbox was lost while the setup script ran.");
    throw error;
  }
}

function problemOf({ exitCode, signal, timedOut, limit }: ExecResult, timeoutMs: number): string | null {
  if (limit === "memory") return "The setup script was killed: the sandbox's memory limit was reached.";
  if (limit === "disk") return "The setup script was killed: the worktree's disk limit was reached.";
  if (timedOut) return `The setup script took longer than ${Math.round(timeoutMs / 60_000)} minutes and was killed.`;
  if (exitCode === null) return `The setup script was killed by ${signal}.`;
  return exitCode === 0 ? null : `The setup script ended with exit code ${exitCode}.`;
}

function lastLinesOf(text: string): string {
  return text.trimEnd().split("\n").slice(-mostLines).join("\n").slice(-mostLineChars);
}
