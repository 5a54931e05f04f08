import type { AppError, ErrorCode } from "@heddle/db/errors";
import { ApplicationFailure, CancelledFailure, Context } from "@temporalio/activity";
import type { Logger } from "pino";
import { asAppError } from "./git-errors.ts";

type Activity = (input: never) => Promise<unknown>;

/** Faults of a host that seldom pass by themselves: a few attempts, then the turn ends with the reason. */
const fewAttempts: ReadonlySet<ErrorCode> = new Set([
  "GIT_FAILED",
  "WORKTREE_FAILED",
  "SANDBOX_UNAVAILABLE",
  "TIMEOUT",
]);
const maxAttempts = 4;
/** How long a fault that we do not know (a database that restarts, for one) is waited out. */
const maxOutageMs = 10 * 60_000;

/**
 * Wraps activities so that a failure enters Temporal's history as a code and nothing else: texts, paths and secrets
 * stay in the log. An error that cannot pass by itself is not tried again.
 */
export function guarded<T extends Record<string, Activity>>(activities: T, log: Logger): T {
  const wrapped = Object.entries(activities).map(([name, run]) => [
    name,
    async (input: never) => {
      try {
        return await run(input);
      } catch (error) {
        throw toFailure(error, log.child({ activity: name, input }));
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}

function toFailure(thrown: unknown, log: Logger): Error {
  if (thrown instanceof CancelledFailure || thrown instanceof ApplicationFailure) return thrown;
  const { cancellationSignal, info } = Context.current();
  if (cancellationSignal.aborted) return ApplicationFailure.retryable("the worker is stopping", "UNAVAILABLE");
  const error = asAppError(thrown);
  log[error.code === "INTERNAL" ? "error" : "info"]({ err: error, attempt: info.attempt }, error.code);
  return canPass(error, info.attempt, Date.now() - info.scheduledTimestampMs)
    ? ApplicationFailure.retryable(error.code, error.code)
    : ApplicationFailure.nonRetryable(error.code, error.code);
}

function canPass(error: AppError, attempt: number, elapsedMs: number): boolean {
  if (!error.retryable) return false;
  if (fewAttempts.has(error.code)) return attempt < maxAttempts;
  return error.code !== "INTERNAL" || elapsedMs < maxOutageMs;
}
