import { AppError, type ErrorCode } from "@heddle/db/errors";
import { isOutage } from "@heddle/db/outage";
import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";

export type Issue = { path: string; message: string };
export type Failure = { error: AppError; issues?: Issue[] };

/** tRPC's own refusals, in the words of our table. */
const ownCodes: Partial<Record<TRPCError["code"], ErrorCode>> = {
  PARSE_ERROR: "BAD_INPUT",
  BAD_REQUEST: "BAD_INPUT",
  UNSUPPORTED_MEDIA_TYPE: "BAD_INPUT",
  NOT_FOUND: "NOT_FOUND",
  METHOD_NOT_SUPPORTED: "METHOD_NOT_SUPPORTED",
  PAYLOAD_TOO_LARGE: "PAYLOAD_TOO_LARGE",
};

/** Door 4 at the edge: whatever was thrown, as one of our errors, with the faults of the input where it was that. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof AppError) return { error: thrown };
  if (!(thrown instanceof TRPCError)) return { error: unforeseen(thrown) };
  const { cause, code } = thrown;
  if (cause instanceof AppError) return { error: cause };
  if (code === "BAD_REQUEST" && cause instanceof ZodError) {
    const issues = cause.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
    const message = issues.length === 1 ? issues[0]?.message : undefined;
    return { error: new AppError("BAD_INPUT", { cause, message }), issues };
  }
  const own = ownCodes[code];
  return { error: own ? new AppError(own, { cause: thrown }) : unforeseen(cause ?? thrown) };
}

function unforeseen(cause: unknown): AppError {
  return new AppError(isOutage(cause) ? "UNAVAILABLE" : "INTERNAL", { cause });
}

/** Whether the log is to have the cause: ours to look into, and nothing that a caller did. */
export function isOurFault({ error }: Failure): boolean {
  return error.status >= 500 && error.cause !== undefined;
}

/** The body of every refusal, as the contract has it. */
export function failureBody({ error, issues }: Failure): { code: ErrorCode; message: string; issues?: Issue[] } {
  return { code: error.code, message: error.message, ...(issues ? { issues } : {}) };
}
