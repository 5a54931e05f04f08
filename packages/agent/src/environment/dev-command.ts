import { SandboxLost } from "../sandbox/errors.ts";
import type { Sandbox } from "../sandbox/types.ts";
import { createOutputWindow } from "../tools/output-window.ts";
import { dialArgv } from "./port-forward.ts";

/** Where dev commands are told to listen: each sandbox has a network of its own, so that all may have the same. */
export const devPort = 3_000;

export type DevResult = {
  exitCode: number | null;
  output: string;
  outputBytes: number;
  durationMs: number;
  /** How it ended, for people. */
  note: string;
  /** Whether it was told to end. */
  stopped: boolean;
};

const peopleChars = 64 * 1024;

/**
 * Runs a project's dev command in the root of the worktree until it ends or `signal` ends it with all that it has
 * started. It is told its port in `PORT`.
 */
export async function runDevCommand(
  sandbox: Sandbox,
  command: string,
  { signal, onOutput }: { signal: AbortSignal; onOutput: (chunk: Buffer) => void },
): Promise<DevResult> {
  const output = createOutputWindow(peopleChars);
  const startedAt = performance.now();
  const end = (exitCode: number | null, note: string): DevResult => ({
    exitCode,
    output: output.text(peopleChars),
    outputBytes: output.sizeBytes(),
    durationMs: Math.round(performance.now() - startedAt),
    note,
    stopped: signal.aborted,
  });
  try {
    const result = await sandbox.exec({
      argv: ["bash", "-c", command, "dev"],
      env: { PORT: String(devPort), HOST: "127.0.0.1" },
      network: "commands",
      limited: true,
      signal,
      onOutput: (chunk) => {
        output.push(chunk);
        onOutput(chunk);
      },
    });
    if (signal.aborted) return end(null, "Stopped.");
    if (result.limit !== null) return end(null, `It was killed: the sandbox's ${result.limit} limit was reached.`);
    if (result.exitCode === null) return end(null, `It was killed by ${result.signal}.`);
    return end(result.exitCode, `It ended with exit code ${result.exitCode}.`);
  } catch (error) {
    if (signal.aborted) return end(null, "Stopped.");
    if (error instanceof SandboxLost) return end(null, "It ended with its sandbox.");
    throw error;
  }
}

/** @returns whether something listens on the port inside; false when `signal` came first */
export async function untilPortAnswers(sandbox: Sandbox, port: number, signal: AbortSignal): Promise<boolean> {
  const { exitCode } = await sandbox.exec({ argv: dialArgv("wait", port), signal });
  return exitCode === 0;
}
