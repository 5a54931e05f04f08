import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { encodeRun, type RunnerRequest, type RunningCommand, startCommand } from "./command.ts";
import { explainStart, SandboxLost } from "./errors.ts";
import { createFrameReader, encodeFrame, fromRunner } from "./frames.ts";
import type { ExecResult } from "./types.ts";

/** The host's end of one running sandbox. */
export type Runner = {
  /** @throws SandboxLost */
  exec(request: RunnerRequest): Promise<ExecResult>;
  /** Ends the sandbox with everything in it; running commands get SandboxLost. */
  close(): Promise<void>;
  isLost(): boolean;
};

export type RunnerProcess = ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable };

const endGraceMs = 2_000;
const mostErrorChars = 4_000;
const mostId = 0xffff_ffff;

/**
 * Waits until the runner says it is ready.
 *
 * @param env variables that every command gets
 * @throws SandboxUnavailable with what bwrap or the runner printed
 */
export async function connectRunner(child: RunnerProcess, env: Readonly<Record<string, string>>): Promise<Runner> {
  const running = new Map<number, RunningCommand>();
  let errorText = "";
  let lost: SandboxLost | null = null;
  let lastId = 0;

  // At the end of its input the runner exits, and bwrap after everything else in the sandbox.
  const lose = (reason: string) => {
    if (lost !== null) return;
    lost = new SandboxLost(reason);
    child.stdin.end();
    setTimeout(() => child.kill("SIGKILL"), endGraceMs).unref();
    for (const command of running.values()) command.onLost(lost);
    running.clear();
  };
  const send = (type: number, id: number, payload?: Uint8Array) => {
    if (lost === null) child.stdin.write(encodeFrame(type, id, payload));
  };

  child.stderr.on("data", (chunk: Buffer) => {
    errorText = (errorText + chunk.toString("utf8")).slice(0, mostErrorChars);
  });
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    stream.on("error", () => lose("the sandbox no longer answers"));
  }
  const ready = new Promise<void>((resolve) => {
    const read = createFrameReader((frame) => {
      if (frame.type === fromRunner.ready) return resolve();
      running.get(frame.id)?.onFrame(frame);
      if (frame.type === fromRunner.exit) running.delete(frame.id);
    });
    child.stdout.on("data", (chunk: Buffer) => {
      try {
        read(chunk);
      } catch (error) {
        lose(error instanceof Error ? error.message : String(error));
      }
    });
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      errorText ||= error.message;
      resolve();
    });
    child.once("close", () => resolve());
  }).then(() => lose(["the sandbox ended", errorText.trim()].filter(Boolean).join(": ")));

  await Promise.race([ready, ended]);
  if (lost !== null) throw explainStart(errorText);

  return {
    exec: async (request) => {
      if (lost !== null) throw lost;
      const payload = encodeRun(request, env);
      if (request.signal?.aborted)
        return { exitCode: null, signal: "SIGKILL", timedOut: false, limit: null, durationMs: 0 };
      do lastId = lastId === mostId ? 1 : lastId + 1;
      while (running.has(lastId));
      const id = lastId;
      const command = startCommand(request, payload, { send: (type, data) => send(type, id, data), giveUp: lose });
      running.set(id, command);
      return command.result;
    },
    isLost: () => lost !== null,
    close: async () => {
      lose("the sandbox was closed");
      await ended;
    },
  };
}
