import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcess, identify, type ProcessIdentity } from "./process-identity.ts";
import { forgetService, recordService } from "./run-records.ts";
import { messageOf, StartFailure } from "./start-failure.ts";

export type ServiceSpec = {
  name: string;
  command: string;
  args: string[];
  cwd?: string;
  /** The whole environment: nothing else is inherited. */
  env: Record<string, string>;
  /** Polled after each start until it is true. @throws StartFailure when it never will be */
  isReady: () => Promise<boolean>;
  readyTimeoutMs?: number;
  /** How often a first start is tried when the program ends before it is ready; once when absent. */
  firstStarts?: number;
  stopSignal?: "SIGTERM" | "SIGINT";
  stopGraceMs?: number;
  backOff?: BackOff;
  /** A sentence for people about a first start that failed; the default names the log. */
  explainFailure?: (logFile: string) => string;
};

/** Waits between restarts double from the first to the longest; `attempts` quick ends in a row are the last. */
export type BackOff = { firstDelayMs: number; longestDelayMs: number; attempts: number };

export type Service = {
  name: string;
  /** Resolves when the service is ready. @throws StartFailure if it ends or is not ready in time */
  start(): Promise<void>;
  /** Stops it for a while or for good; it can be started again. */
  stop(): Promise<void>;
  restart(): Promise<void>;
};

export type ServiceHost = {
  runDir: string;
  logsDir: string;
  report: (line: string) => void;
  /** Aborted when nobody waits any more for services to become ready. */
  signal?: AbortSignal;
  /** Services end when this process is killed, instead of waiting for the next one to end them: for tests and tools. */
  endWithParent?: boolean;
};

const pollMs = 40;
const usualBackOff: BackOff = { firstDelayMs: 200, longestDelayMs: 10_000, attempts: 10 };
/** A service that ran this long is healthy again: its next end starts a new count. */
const steadyAfterMs = 30_000;
const logRotationBytes = 20 * 1024 * 1024;

/** One child process that is kept running: restarted with back-off when it ends by itself, until it is given up. */
export function createService(spec: ServiceSpec, host: ServiceHost): Service {
  const { runDir, logsDir, report, signal, endWithParent } = host;
  const {
    name,
    stopSignal = "SIGTERM",
    stopGraceMs = 6_000,
    readyTimeoutMs = 60_000,
    backOff = usualBackOff,
    firstStarts = 1,
  } = spec;
  const prefix = endWithParent ? ["setpriv", "--pdeathsig", stopSignal.slice("SIG".length), "--"] : [];
  const [command = spec.command, ...args] = [...prefix, spec.command, ...spec.args];
  const logFile = join(logsDir, `${name}.log`);
  let current: { child: ChildProcess; identity: ProcessIdentity | null; exited: Promise<string> } | null = null;
  let ending = Promise.resolve();
  let wanted = false;

  function launch() {
    // The child writes to the file itself, so that it outlives a killed supervisor unharmed.
    const log = openLog(logFile);
    // A session of its own: Ctrl-C reaches the supervisor only, which then stops its services in order.
    const child = spawn(command, args, {
      cwd: spec.cwd ?? runDir,
      env: spec.env,
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    const exited = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    const identity = child.pid === undefined ? null : identify(child.pid);
    current = { child, identity, exited };
    if (identity) recordService(runDir, name, { ...identity, stopSignal, stopGraceMs });
    return current;
  }

  async function becomesReady(exited: Promise<string>): Promise<boolean> {
    let ended = false;
    void exited.then(() => {
      ended = true;
    });
    const deadline = Date.now() + readyTimeoutMs;
    while (!ended && wanted && !signal?.aborted && Date.now() < deadline) {
      if (await spec.isReady()) return true;
      await sleep(pollMs);
    }
    return false;
  }

  async function keepRunning(exited: Promise<string>, startedAt: number, failures: number): Promise<void> {
    const reason = await exited;
    if (!wanted || current?.exited !== exited) return;
    const count = Date.now() - startedAt > steadyAfterMs ? 1 : failures + 1;
    if (count >= backOff.attempts) {
      wanted = false;
      forgetService(runDir, name);
      report(`${name} ended ${count} times in a row and is given up (${reason}); the reason is in ${logFile}`);
      return;
    }
    report(`${name} ended (${reason}); starting it again`);
    await sleep(Math.min(backOff.firstDelayMs * 2 ** (count - 1), backOff.longestDelayMs));
    if (!wanted) return;
    const next = launch();
    void keepRunning(next.exited, Date.now(), count);
    if (await becomesReady(next.exited)) report(`${name} runs again`);
  }

  /** However many ask, all wait for the one end. */
  async function stop(): Promise<void> {
    wanted = false;
    if (current?.identity) ending = endProcess(current.identity, stopSignal, stopGraceMs);
    current = null;
    await ending;
    forgetService(runDir, name);
  }

  async function start(): Promise<void> {
    wanted = true;
    for (let tries = 1; ; tries += 1) {
      const { exited, child } = launch();
      const startedAt = Date.now();
      const isReady = await becomesReady(exited).catch((error: unknown) => stop().then(() => Promise.reject(error)));
      if (isReady) {
        void keepRunning(exited, startedAt, 0);
        return;
      }
      const ended = child.exitCode !== null;
      if (!ended || tries >= firstStarts || !wanted || signal?.aborted) break;
    }
    await stop();
    throw new StartFailure(spec.explainFailure?.(logFile) ?? `${name} did not start; the reason is in ${logFile}`);
  }

  return {
    name,
    start,
    stop,
    async restart() {
      await stop();
      await start();
    },
  };
}

function openLog(file: string): number {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats && stats.size > logRotationBytes) renameSync(file, `${file}.1`);
    return openSync(file, "a");
  } catch (error) {
    throw new StartFailure(`the log ${file} cannot be written (${messageOf(error)}).`);
  }
}
