import type { AppError, ErrorCode } from "@heddle/db/errors";
import { isOutage } from "@heddle/db/outage";
import { ApplicationFailure, CancelledFailure, Context } from "@temporalio/activity";
import type { Logger } from "pino";
import { asAppError } from "./git-errors.ts";

type Activity = (input: never) => Promise<unknown>;

/**
 * Faults that seldom pass by themselves: a few attempts, then the turn ends with the reason or, fenced off, is looked at
 * anew.
 */
const fewAttempts: ReadonlySet<ErrorCode> = new Set([
  "PROJECT_NOT_READY",
  "GIT_FAILED",
  "REMOTE_UNREACHABLE",
  "WORKTREE_FAILED",
  "ARCHIVE_FAILED",
  "SANDBOX_UNAVAILABLE",
  "TIMEOUT",
  "INTERNAL",
  "FENCED",
]);
const maxAttempts = 5;

/** Worth another attempt for a person only, who changes something before. */
const forPeople: ReadonlySet<ErrorCode> = new Set(["SETUP_FAILED"]);

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
        throw withoutStack(toFailure(error, log.child({ activity: name, input })));
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}

/** It names this machine's folders; the log has that of the error itself. */
function withoutStack(failure: Error): Error {
  failure.stack = "";
  return failure;
}

function toFailure(thrown: unknown, log: Logger): Error {
  if (thrown instanceof CancelledFailure || thrown instanceof ApplicationFailure) return thrown;
  const { cancellationSignal, info } = Context.current();
  if (cancellationSignal.aborted) return ApplicationFailure.retryable("the worker is stopping", "UNAVAILABLE");
  const error = asAppError(thrown);
  log[error.code === "INTERNAL" ? "error" : "info"]({ err: error, attempt: info.attempt }, error.code);
  return canPass(error, info.attempt)
    ? ApplicationFailure.retryable(error.code, error.code)
    : ApplicationFailure.nonRetryable(error.code, error.code);
}

/** A database that is away is waited for without end: nothing can be ended without it either. */
function canPass(error: AppError, attempt: number): boolean {
  if (!error.retryable || forPeople.has(error.code)) return false;
  return !fewAttempts.has(error.code) || attempt < maxAttempts || isOutage(error);
}
