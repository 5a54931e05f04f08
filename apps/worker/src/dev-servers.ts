import { setTimeout as sleep } from "node:timers/promises";
import { type DevResult, devPort, runDevCommand, untilPortAnswers } from "@heddle/agent/environment/dev-command";
import { forwardPort } from "@heddle/agent/environment/port-forward";
import { openStore } from "@heddle/agent/git/store";
import { assertPrepared } from "@heddle/agent/git/worktree-state";
import { AppError } from "@heddle/db/errors";
import {
  claimDev,
  closeLostDev,
  type DevClaim,
  type DevEnd,
  devOrders,
  endDev,
  lostDev,
  noteDev,
} from "@heddle/db/run-dev";
import { asAppError } from "./activities/git-errors.ts";
import { createOutputRecorder } from "./activities/output-recorder.ts";
import { persist } from "./activities/persist.ts";
import { openSandbox } from "./activities/worktree.ts";
import type { Deps } from "./deps.ts";

const pollMs = 500;
const maxLogBytes = 32 * 1024 * 1024;

export type DevServers = {
  /** Ends a thread's server, if it runs here, and waits until it has ended. */
  stop(threadId: string): Promise<void>;
  /** Ends all of them with this worker; only a person starts them again. */
  close(): Promise<void>;
};

type Running = { end(): void; ended: Promise<void> };

/**
 * Runs the dev commands of the threads of this host, as their rows say. They belong to no turn and outlive the sandbox's
 * idle time, because a command is under way in it; they end with the worker.
 */
export function startDevServers(deps: Deps): DevServers {
  const { db, fence, log } = deps;
  const running = new Map<string, Running>();
  const closing = new AbortController();

  function start(threadId: string): void {
    const stopping = new AbortController();
    const ended = runServer(deps, threadId, stopping.signal, closing.signal)
      .catch((error: unknown) => {
        const { code } = asAppError(error);
        if (code !== "FENCED" && code !== "NOT_FOUND") log.error({ err: error, threadId }, "a dev server was given up");
      })
      .finally(() => running.delete(threadId));
    running.set(threadId, { end: () => stopping.abort(), ended });
  }

  async function look(): Promise<void> {
    const orders = await devOrders(db, fence, [...running.keys()]);
    for (const threadId of orders.stop) running.get(threadId)?.end();
    for (const threadId of orders.start) if (!running.has(threadId)) start(threadId);
    for (const threadId of orders.lost) {
      if (!running.has(threadId)) await closeLostDev({ db, threadId, fence });
    }
  }

  const loop = (async () => {
    while (!closing.signal.aborted) {
      await look().catch((err) => log.warn({ err }, "dev servers could not be looked after; trying again"));
      await sleep(pollMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  })();

  return {
    async stop(threadId) {
      const server = running.get(threadId);
      server?.end();
      await server?.ended;
    },
    async close() {
      closing.abort();
      await loop;
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}

async function runServer(deps: Deps, threadId: string, stop: AbortSignal, closing: AbortSignal): Promise<void> {
  const scope = { db: deps.db, threadId, fence: deps.fence };
  const claim = await claimDev(scope);
  if (claim === null) return;
  const end = await serve(deps, scope, claim, AbortSignal.any([stop, closing])).catch((error: unknown) =>
    failed(error),
  );
  await persist(() =>
    endDev(scope, claim.itemId, closing.aborted ? { ...lostDev, data: { ...end.data, ...lostDev.data } } : end),
  );
}

async function serve(
  deps: Deps,
  scope: Parameters<typeof claimDev>[0],
  { itemId, command, projectId, data }: DevClaim,
  signal: AbortSignal,
): Promise<DevEnd> {
  const store = openStore(deps.homeDir, projectId);
  await assertPrepared(store, scope.threadId);
  const sandbox = await openSandbox(deps, { id: scope.threadId }, store);
  const forward = await forwardPort(sandbox, devPort);
  const ended = new AbortController();
  const recorder = createOutputRecorder(deps.db, scope, itemId, data, { maxBytes: maxLogBytes });
  try {
    await noteDev(scope, itemId, { port: forward.port });
    untilPortAnswers(sandbox, devPort, AbortSignal.any([signal, ended.signal]))
      .then((answers) => (answers ? noteDev(scope, itemId, "answers") : undefined))
      .catch(() => undefined);
    return endOf(await runDevCommand(sandbox, command, { signal, onOutput: recorder.push }));
  } finally {
    ended.abort();
    await forward.close();
    await recorder.end();
  }
}

function endOf({ stopped, exitCode, output, outputBytes, durationMs, note }: DevResult): DevEnd {
  const data = { exitCode, output, outputBytes, durationMs, note };
  if (stopped || exitCode === 0) return { status: "stopped", log: "completed", data };
  return { status: "failed", log: "failed", data };
}

/** It did not come to run. @throws what says that this worker has no part in it any more */
function failed(thrown: unknown): DevEnd {
  const error = asAppError(thrown);
  if (error.code === "FENCED" || error.code === "NOT_FOUND") throw error;
  const note = error.code === "WORKTREE_FAILED" ? new AppError("NO_WORKTREE").message : error.message;
  return { status: "failed", log: "failed", data: { note } };
}
