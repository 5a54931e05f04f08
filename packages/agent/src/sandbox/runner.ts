import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { SandboxLost, SandboxUnavailable } from "./errors.ts";
import { createFrameReader, encodeFrame, encodeStrings, type Frame, fromRunner, toRunner } from "./frames.ts";
import { feedStdin, type StdinFeed } from "./stdin-feed.ts";
import type { ExecRequest, ExecResult } from "./types.ts";

/** The host's end of one running sandbox. */
export type Runner = {
  /** @throws SandboxLost */
  exec(request: ExecRequest): Promise<ExecResult>;
  /** Ends the sandbox with everything in it; running commands get SandboxLost. */
  close(): Promise<void>;
  isLost(): boolean;
};

type RunnerProcess = ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable };
type Running = { onFrame: (frame: Frame) => void; onLost: (error: SandboxLost) => void };

const killGraceMs = 15_000;
const closeGraceMs = 2_000;
const mostErrorChars = 4_000;
const mostId = 0xffff_ffff;

/**
 * Waits until the runner says it is ready.
 *
 * @param env variables that every command gets
 * @throws SandboxUnavailable with what bwrap or the runner printed
 */
export async function connectRunner(child: RunnerProcess, env: Readonly<Record<string, string>>): Promise<Runner> {
  const running = new Map<number, Running>();
  let errorText = "";
  let lost: SandboxLost | null = null;
  let lastId = 0;
  let onReady = () => {};
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      errorText ||= error.message;
      resolve();
    });
    child.once("close", () => resolve());
  });

  const lose = (reason: string) => {
    if (lost !== null) return;
    lost = new SandboxLost(reason);
    child.kill("SIGKILL");
    for (const command of [...running.values()]) command.onLost(lost);
    running.clear();
  };
  const send = (type: number, id: number, payload?: Uint8Array) => {
    if (lost === null) child.stdin.write(encodeFrame(type, id, payload));
  };

  const read = createFrameReader((frame) => {
    if (frame.type === fromRunner.ready) onReady();
    else running.get(frame.id)?.onFrame(frame);
  });
  child.stdout.on("data", (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      lose(error instanceof Error ? error.message : String(error));
    }
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errorText = (errorText + chunk.toString("utf8")).slice(0, mostErrorChars);
  });
  child.stdin.on("error", () => lose("the sandbox no longer answers"));
  void ended.then(() => lose(`the sandbox ended${errorText === "" ? "" : `: ${errorText.trim()}`}`));

  await Promise.race([ready, ended]);
  if (lost !== null) throw new SandboxUnavailable(errorText.trim() || "the sandbox ended while starting");

  const exec = (request: ExecRequest) =>
    new Promise<ExecResult>((resolve, reject) => {
      const startedAt = performance.now();
      const result = (exitCode: number | null, signal: string | null, timedOut: boolean): ExecResult => ({
        exitCode,
        signal,
        timedOut,
        durationMs: performance.now() - startedAt,
      });
      if (lost !== null) return reject(lost);
      if (request.signal?.aborted) return resolve(result(null, "SIGKILL", false));
      const payload = encodeRun(request, env);

      do lastId = lastId === mostId ? 1 : lastId + 1;
      while (running.has(lastId));
      const id = lastId;
      let timedOut = false;
      let failure: Error | null = null;
      let feed: StdinFeed | null = null;
      let killGuard: NodeJS.Timeout | undefined;
      const kill = () => {
        send(toRunner.kill, id);
        killGuard ??= setTimeout(() => lose("the sandbox did not end a command"), killGraceMs);
      };
      const fail = (error: unknown) => {
        failure ??= error instanceof Error ? error : new Error(String(error));
        kill();
      };
      const timeout =
        request.timeoutMs === undefined
          ? undefined
          : setTimeout(() => {
              timedOut = true;
              kill();
            }, request.timeoutMs);
      const settle = () => {
        running.delete(id);
        clearTimeout(timeout);
        clearTimeout(killGuard);
        request.signal?.removeEventListener("abort", kill);
        feed?.stop();
      };
      const output = (chunk: Buffer, stream: "stdout" | "stderr") => {
        if (failure !== null) return;
        try {
          request.onOutput?.(chunk, stream);
        } catch (error) {
          fail(error);
        }
      };
      const onFrame = ({ type, payload: data }: Frame) => {
        if (type === fromRunner.stdout) output(data, "stdout");
        else if (type === fromRunner.stderr) output(data, "stderr");
        else if (type === fromRunner.stdinTaken) feed?.taken(data.readUInt32BE(0));
        else if (type === fromRunner.stdinClosed) feed?.stop();
        else if (type === fromRunner.exit) {
          settle();
          if (failure !== null) return reject(failure);
          const signal = data.readUInt32BE(4);
          resolve(
            signal === 0 ? result(data.readUInt32BE(0), null, timedOut) : result(null, signalName(signal), timedOut),
          );
        }
      };
      const onLost = (error: SandboxLost) => {
        settle();
        reject(error);
      };

      running.set(id, { onFrame, onLost });
      request.signal?.addEventListener("abort", kill, { once: true });
      send(toRunner.run, id, payload);
      if (request.stdin !== undefined) {
        feed = feedStdin(request.stdin, {
          write: (chunk) => send(toRunner.stdinData, id, chunk),
          end: () => send(toRunner.stdinEnd, id),
          fail,
        });
      }
    });

  return {
    exec,
    isLost: () => lost !== null,
    close: async () => {
      lose("the sandbox was closed");
      const giveUp = new Promise<void>((resolve) => setTimeout(resolve, closeGraceMs).unref());
      await Promise.race([ended, giveUp]);
    },
  };
}

function encodeRun(request: ExecRequest, env: Readonly<Record<string, string>>): Buffer {
  const variables = Object.entries({ ...env, ...request.env });
  const strings = [
    request.cwd ?? "/workspace",
    request.stdin === undefined ? "0" : "1",
    String(request.argv.length),
    ...request.argv,
    ...variables.map(([name, value]) => `${name}=${value}`),
  ];
  if (request.argv.length === 0) throw new TypeError("a command needs at least its name");
  if (strings.some((text) => text.includes("\0"))) throw new TypeError("a command must not contain NUL bytes");
  if (variables.some(([name]) => name === "" || name.includes("="))) throw new TypeError("bad name of a variable");
  return encodeStrings(strings);
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `SIG${number}`;
}
