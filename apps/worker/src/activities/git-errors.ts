import { GitError } from "@heddle/agent/git/errors";
import { SandboxUnavailable } from "@heddle/agent/sandbox/errors";
import { AppError, type ErrorCode, toAppError } from "@heddle/db/errors";

/** A failure of git or of the sandbox as one of our codes, with its own sentence for people. */
export function asAppError(error: unknown): AppError {
  if (error instanceof GitError) return new AppError(codeOf(error), { cause: error, message: error.message });
  if (error instanceof SandboxUnavailable) {
    return new AppError("SANDBOX_UNAVAILABLE", { cause: error, message: error.message });
  }
  return toAppError(error);
}

function codeOf(error: GitError): ErrorCode {
  switch (error.code) {
    case "TIMED_OUT":
      return "TIMEOUT";
    case "ABORTED":
      return "UNAVAILABLE";
    case "WORKTREE_NOT_PREPARED":
      return "WORKTREE_FAILED";
    default:
      return error.code;
  }
}
