import { constants } from "node:os";
import { encodeStrings, type Frame, fromRunner, toRunner } from "./frames.ts";
import { feedStdin, type StdinFeed } from "./stdin-feed.ts";
import { type ExecRequest, type ExecResult, inside } from "./types.ts";

/** What a command needs from the connection it runs over. */
export type CommandChannel = {
  send(type: number, payload?: Uint8Array): void;
  /** The sandbox does not do what it was told and is to be given up. */
  giveUp(reason: string): void;
};

/** `bridge`: the runner's own way to the network in place of a command; `argv` is the socket's path and the port. */
export type RunnerRequest = ExecRequest & { bridge?: true };

export type RunningCommand = {
  result: Promise<ExecResult>;
  onFrame(frame: Frame): void;
  onLost(error: Error): void;
};

const killGraceMs = 15_000;

/** Sends a command (the payload comes from {@link encodeRun}) and follows it to its end. */
export function startCommand(request: ExecRequest, payload: Uint8Array, channel: CommandChannel): RunningCommand {
  const startedAt = performance.now();
  let timedOut = false;
  let failure: Error | null = null;
  let feed: StdinFeed | null = null;
  let killGuard: NodeJS.Timeout | undefined;
  let resolve: (result: ExecResult) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const result = new Promise<ExecResult>((onResult, onError) => {
    resolve = onResult;
    reject = onError;
  });

  const kill = () => {
    channel.send(toRunner.kill);
    killGuard ??= setTimeout(() => channel.giveUp("the sandbox did not end a command"), killGraceMs);
  };
  const expire = () => {
    timedOut = true;
    kill();
  };
  const fail = (error: unknown) => {
    failure ??= error instanceof Error ? error : new Error(String(error));
    kill();
  };
  const timeout = request.timeoutMs === undefined ? undefined : setTimeout(expire, request.timeoutMs);
  request.signal?.addEventListener("abort", kill, { once: true });

  const settle = () => {
    clearTimeout(timeout);
    clearTimeout(killGuard);
    request.signal?.removeEventListener("abort", kill);
    feed?.stop();
  };
  const pass = (chunk: Buffer, stream: "stdout" | "stderr") => {
    if (failure !== null) return;
    try {
      request.onOutput?.(chunk, stream);
    } catch (error) {
      fail(error);
    }
  };
  const finish = (code: number, signal: number) => {
    settle();
    if (failure !== null) return reject(failure);
    const durationMs = performance.now() - startedAt;
    const ended = { timedOut, limit: null, durationMs };
    if (signal === 0) resolve({ exitCode: code, signal: null, ...ended });
    else resolve({ exitCode: null, signal: signalName(signal), ...ended });
  };

  channel.send(toRunner.run, payload);
  if (request.stdin !== undefined) {
    feed = feedStdin(request.stdin, {
      write: (chunk) => channel.send(toRunner.stdinData, chunk),
      end: () => channel.send(toRunner.stdinEnd),
      fail,
    });
  }
  return {
    result,
    onFrame: ({ type, payload: data }) => {
      if (type === fromRunner.stdout) pass(data, "stdout");
      else if (type === fromRunner.stderr) pass(data, "stderr");
      else if (type === fromRunner.stdinTaken) feed?.taken(data.readUInt32BE(0));
      else if (type === fromRunner.stdinClosed) feed?.stop();
      else if (type === fromRunner.exit) finish(data.readUInt32BE(0), data.readUInt32BE(4));
    },
    onLost: (error) => {
      settle();
      reject(error);
    },
  };
}

/**
 * The payload of RUN.
 *
 * @throws TypeError for what no command can be: no name, NUL bytes, a variable's name with "="
 */
export function encodeRun(request: RunnerRequest, env: Readonly<Record<string, string>>): Buffer {
  const variables = Object.entries({ ...env, ...request.env });
  const strings = [
    request.cwd ?? inside.worktree,
    request.stdin === undefined ? "0" : "1",
    request.bridge ? "1" : "0",
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
