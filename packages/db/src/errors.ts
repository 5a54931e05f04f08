/**
 * Door 4: every failure that leaves a function is an `AppError` with a code of this closed table.
 * The table says how the code travels (HTTP status, tRPC code), whether trying again can help, and what a person reads.
 */
type Entry = { status: number; retryable: boolean; message: string };

export const errorTable = {
  BAD_INPUT: { status: 400, retryable: false, message: "Some of what was sent is not valid." },
  UNAUTHENTICATED: { status: 401, retryable: false, message: "Sign in to continue." },
  SIGN_IN_FAILED: { status: 401, retryable: false, message: "The e-mail address or the password is wrong." },
  SSO_FAILED: { status: 401, retryable: true, message: "The sign-in there did not come to an end. Try it again." },
  SSO_EMAIL_NOT_VERIFIED: {
    status: 403,
    retryable: false,
    message: "Your e-mail address is not verified there. Verify it, then sign in again.",
  },
  SSO_LINK_FIRST: {
    status: 409,
    retryable: false,
    message:
      "There is an account with your e-mail address. Sign in with its password, then connect it under Settings › Profile and sessions.",
  },
  SSO_NOT_ADMITTED: {
    status: 403,
    retryable: false,
    message: "You have no account here yet. Ask an admin for an invitation.",
  },
  SSO_NO_ROLE: {
    status: 403,
    retryable: false,
    message: "None of your groups has a role here. Ask whoever manages them.",
  },
  SSO_IDENTITY_TAKEN: {
    status: 409,
    retryable: false,
    message: "With this you sign in to another account already. Disconnect it there first.",
  },
  SSO_ONLY_WAY_IN: {
    status: 409,
    retryable: false,
    message: "It is your only way in. Ask an admin for a link to set a password first.",
  },
  PASSWORD_WRONG: { status: 400, retryable: false, message: "The old password is wrong." },
  INVITATION_INVALID: {
    status: 404,
    retryable: false,
    message: "This invitation is not valid (any more). Ask whoever invited you for a new one.",
  },
  JOIN_REFUSED: {
    status: 409,
    retryable: false,
    message:
      "The invitation cannot be taken with this address. Use the address that was invited. If you have an account, sign in with it first, then open the link again.",
  },
  RESET_INVALID: {
    status: 404,
    retryable: false,
    message: "This link is not valid (any more). Ask an admin of your workspace for a new one.",
  },
  ALREADY_MEMBER: { status: 409, retryable: false, message: "You are a member of this workspace already." },
  LAST_OWNER: {
    status: 409,
    retryable: false,
    message: "A workspace needs an owner. Make somebody else an owner first.",
  },
  FIRST_WORKSPACE: {
    status: 409,
    retryable: false,
    message: "This workspace came with the installation, whose hosts are looked after from it: it stays.",
  },
  FORBIDDEN: { status: 403, retryable: false, message: "Your role does not allow this." },
  RIGHTS_LOST: {
    status: 403,
    retryable: false,
    message:
      "Whoever sent this prompt, or the token it was sent with, may no longer steer the thread. What was done until then is kept.",
  },
  NOT_FOUND: { status: 404, retryable: false, message: "It does not exist, or you may not see it." },
  METHOD_NOT_SUPPORTED: { status: 405, retryable: false, message: "This address does not take that method." },
  NAME_TAKEN: { status: 409, retryable: false, message: "That name is already used. Choose another one." },
  IDEMPOTENCY_MISMATCH: {
    status: 409,
    retryable: false,
    message: "This Idempotency-Key was used for a different request. Use a new one.",
  },
  IDEMPOTENCY_RUNNING: {
    status: 409,
    retryable: true,
    message: "The first request with this Idempotency-Key is still running. Ask again in a moment.",
  },
  IDEMPOTENCY_LOST: {
    status: 409,
    retryable: false,
    message:
      "The first request with this Idempotency-Key took effect, but its answer was lost. Look at what it made, then use a new key.",
  },
  THREAD_BUSY: { status: 409, retryable: true, message: "The thread is working. Wait until its turn has ended." },
  THREAD_ARCHIVED: { status: 409, retryable: false, message: "The thread is archived. Restore it first." },
  NOT_ARCHIVED: { status: 409, retryable: false, message: "The thread is not archived." },
  NOT_RUNNING: { status: 409, retryable: false, message: "No turn is running." },
  NOT_QUEUED: { status: 409, retryable: false, message: "The prompt no longer waits: its turn has begun." },
  NOT_LAST_TURN: { status: 409, retryable: false, message: "Only the last turn can be tried again." },
  INTERRUPTED: { status: 409, retryable: false, message: "The turn was interrupted." },
  NOT_WAITING: { status: 409, retryable: false, message: "The thread does not wait for a decision on its setup." },
  QUESTION_CHANGED: {
    status: 409,
    retryable: false,
    message: "The setup script or its hosts were changed meanwhile. Read what is asked now, and answer again.",
  },
  NO_SETUP_SCRIPT: {
    status: 409,
    retryable: false,
    message: "The project has no setup script. Write one in its settings.",
  },
  NO_DEV_COMMAND: {
    status: 409,
    retryable: false,
    message: "The project has no dev command. Write one in its settings.",
  },
  NO_WORKTREE: {
    status: 409,
    retryable: true,
    message: "The thread has no worktree on a running host yet. Send a message first.",
  },
  NOTHING_TO_COMMIT: { status: 409, retryable: false, message: "There are no changes to commit." },
  PROJECT_NOT_READY: { status: 409, retryable: true, message: "The project is not ready yet." },
  PATH_NOT_ALLOWED: { status: 400, retryable: false, message: "That folder is outside the allowed roots." },
  PATH_NOT_READABLE: { status: 400, retryable: false, message: "Heddle may not read that folder." },
  NOT_A_REPOSITORY: { status: 400, retryable: false, message: "That folder is not a git repository." },
  EMPTY_REPOSITORY: {
    status: 400,
    retryable: false,
    message: "The repository has no commits yet. Make a first commit, then try again.",
  },
  SOURCE_VANISHED: {
    status: 409,
    retryable: true,
    message: "The project's folder is gone. Put it back, or add the project again.",
  },
  URL_NOT_VALID: { status: 400, retryable: false, message: "That is not the address of a repository." },
  URL_SCHEME_NOT_ALLOWED: { status: 400, retryable: false, message: "Use an https:// or ssh:// address." },
  URL_HAS_CREDENTIALS: {
    status: 400,
    retryable: false,
    message:
      "Take the user and the password out of the address: it is shown to members. They have fields of their own.",
  },
  CREDENTIAL_NOT_VALID: { status: 400, retryable: false, message: "That credential cannot be used." },
  CREDENTIAL_LOST: {
    status: 409,
    retryable: false,
    message:
      "The repository's credential cannot be opened with the secret keys of this server. Set it anew in the project's settings.",
  },
  REMOTE_UNREACHABLE: { status: 502, retryable: true, message: "The repository's server does not answer." },
  REMOTE_AUTH_FAILED: {
    status: 409,
    retryable: false,
    message: "The repository's server does not accept the project's credential.",
  },
  REMOTE_NOT_FOUND: {
    status: 409,
    retryable: false,
    message: "The server has no such repository, or does not show it to the project's credential.",
  },
  REMOTE_MOVED: {
    status: 409,
    retryable: false,
    message: "The repository has moved to another address. Change it in the project's settings.",
  },
  HOST_KEY_UNKNOWN: {
    status: 409,
    retryable: false,
    message: "Somebody must confirm the key of the repository's server first.",
  },
  HOST_KEY_CHANGED: {
    status: 409,
    retryable: false,
    message:
      "The repository's server shows another key than the one that was confirmed. It may have been replaced, or somebody is in between.",
  },
  FETCH_CANCELLED: { status: 409, retryable: false, message: "The fetch was cancelled." },
  NO_REMOTE: {
    status: 409,
    retryable: false,
    message:
      "The project's repository is a folder on the server, which Heddle never writes to. Fetch the thread's branch from Heddle instead.",
  },
  NOTHING_TO_PUSH: { status: 409, retryable: false, message: "The thread has no commit yet. Commit first, then push." },
  NOT_FAST_FORWARD: {
    status: 409,
    retryable: false,
    message:
      "The branch at the remote has commits that the thread's branch lacks, and Heddle overwrites nothing. Rename or delete it there, then push again.",
  },
  PUSH_REJECTED: { status: 409, retryable: false, message: "The repository's server refused the branch." },
  REF_NOT_FOUND: { status: 400, retryable: false, message: "There is no such branch or commit in the project." },
  MODEL_NOT_FOUND: { status: 400, retryable: false, message: "No provider of this workspace has that model." },
  PROVIDER_KEY_LOST: {
    status: 409,
    retryable: false,
    message:
      "The provider's key cannot be opened with the secret keys of this server. Remove the provider under Settings › Providers and add it again.",
  },
  NO_MODEL: {
    status: 409,
    retryable: false,
    message: "The workspace has no model yet. Add a provider in the settings.",
  },
  ADDRESS_NOT_ALLOWED: {
    status: 400,
    retryable: false,
    message: "That address is private. Whoever runs this server can allow its host with HEDDLE_ALLOWED_PRIVATE_HOSTS.",
  },
  PAYLOAD_TOO_LARGE: { status: 413, retryable: false, message: "That is too large to send." },
  RATE_LIMITED: { status: 429, retryable: true, message: "Too many attempts. Wait a minute and try again." },
  SANDBOX_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: "The sandbox cannot start on this host, so no command is run. Ask an admin to look at the worker's log.",
  },
  INBOX_CLAIMED: { status: 409, retryable: false, message: "Somebody else takes care of this already." },
  INBOX_SETTLED: { status: 409, retryable: false, message: "This has been settled meanwhile." },
  REPOSITORY_BUSY: { status: 503, retryable: true, message: "The repository is in use. Try again in a moment." },
  GIT_FAILED: { status: 500, retryable: true, message: "Git failed on the server. It has been logged." },
  WORKTREE_FAILED: {
    status: 500,
    retryable: true,
    message: "Git failed in the thread's worktree. Its files are kept; send a message to try again.",
  },
  SNAPSHOT_TOO_LARGE: {
    status: 409,
    retryable: false,
    message: "The worktree has grown too large to be kept. Remove large files that git does not ignore.",
  },
  SNAPSHOT_REFUSED: {
    status: 409,
    retryable: false,
    message: "The worktree holds names or objects that git refuses, so it cannot be kept.",
  },
  ARCHIVE_FAILED: {
    status: 500,
    retryable: true,
    message: "The archive did not hold what the worktree holds, so nothing was removed. Try again.",
  },
  SETUP_FAILED: {
    status: 409,
    retryable: true,
    message: "The setup script failed. Its log says why; change it in the project's settings, then try again.",
  },
  REPEATED_FAILURE: {
    status: 409,
    retryable: true,
    message: "The agent repeated the same failing call. Send a message that tells it what to do instead.",
  },
  DISK_FULL: {
    status: 409,
    retryable: true,
    message: "The worktree has reached its disk limit. Remove what is not needed, then go on.",
  },
  MODEL_FAILED: { status: 502, retryable: true, message: "The model did not answer." },
  MODEL_REFUSED: { status: 502, retryable: false, message: "The provider refused the request." },
  TURN_LIMIT: { status: 409, retryable: true, message: "The turn reached one of its limits. Send a message to go on." },
  FENCED: { status: 409, retryable: true, message: "Another worker has taken over this thread." },
  UNAVAILABLE: { status: 503, retryable: true, message: "A part of Heddle does not answer. Try again in a moment." },
  TIMEOUT: { status: 504, retryable: true, message: "It took too long. Try again." },
  INTERNAL: { status: 500, retryable: true, message: "Something went wrong on the server. It has been logged." },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof errorTable;

export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;

  /** @param options.message a sentence for a person, in place of the table's; never holds secrets or internals */
  constructor(code: ErrorCode, options: { cause?: unknown; message?: string } = {}) {
    super(options.message ?? errorTable[code].message, { cause: options.cause });
    this.code = code;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}

/** Any thrown value as an `AppError`; what is not one becomes INTERNAL with the original as its cause. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError("INTERNAL", { cause: error });
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && value in errorTable;
}
