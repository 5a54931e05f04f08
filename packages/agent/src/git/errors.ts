/**
 * What went wrong with a repository, stable for callers:
 * - `NOT_A_REPOSITORY`, `EMPTY_REPOSITORY`, `SOURCE_VANISHED`, `PATH_NOT_READABLE`: the source of a project;
 * - `ADDRESS_NOT_ALLOWED`, `REMOTE_UNREACHABLE`, `REMOTE_AUTH_FAILED`, `REMOTE_NOT_FOUND`, `REMOTE_MOVED`: a repository
 *   at a URL; `HOST_KEY_UNKNOWN`, `HOST_KEY_CHANGED`: its server shows a key that nobody has confirmed, see `HostKeyError`;
 * - `NOT_FAST_FORWARD`, `PUSH_REJECTED`: the remote's branch has other commits, or the remote refuses ours;
 * - `REF_NOT_FOUND`: a branch or commit that the store does not have;
 * - `REPOSITORY_BUSY`: the mutex was not free in time;
 * - `NOTHING_TO_COMMIT`: the worktree equals the parent commit;
 * - `WORKTREE_NOT_PREPARED`: the worktree was never completed on this host, or was replaced;
 * - `SNAPSHOT_TOO_LARGE`, `SNAPSHOT_REFUSED`: what the sandbox sent is over the limit, or git or we refuse its objects;
 * - `WORKTREE_FAILED`: git inside the sandbox failed, twice;
 * - `ARCHIVE_FAILED`: the archive of a worktree could not be made or read back whole;
 * - `TIMED_OUT`, `ABORTED`, `GIT_FAILED`: git on the host was stopped or failed.
 */
export type GitErrorCode =
  | "NOT_A_REPOSITORY"
  | "EMPTY_REPOSITORY"
  | "SOURCE_VANISHED"
  | "PATH_NOT_READABLE"
  | "ADDRESS_NOT_ALLOWED"
  | "REMOTE_UNREACHABLE"
  | "REMOTE_AUTH_FAILED"
  | "REMOTE_NOT_FOUND"
  | "REMOTE_MOVED"
  | "HOST_KEY_UNKNOWN"
  | "HOST_KEY_CHANGED"
  | "NOT_FAST_FORWARD"
  | "PUSH_REJECTED"
  | "REF_NOT_FOUND"
  | "REPOSITORY_BUSY"
  | "NOTHING_TO_COMMIT"
  | "WORKTREE_NOT_PREPARED"
  | "SNAPSHOT_TOO_LARGE"
  | "SNAPSHOT_REFUSED"
  | "WORKTREE_FAILED"
  | "ARCHIVE_FAILED"
  | "TIMED_OUT"
  | "ABORTED"
  | "GIT_FAILED";

/** `message` is one sentence for people; `detail` is git's own words, for the log. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly code: GitErrorCode;
  readonly detail: string;

  constructor(code: GitErrorCode, message: string, detail = "") {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}
