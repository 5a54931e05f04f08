import { type ErrorCode, isErrorCode } from "@heddle/db/errors";
import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "../../server/root.ts";

export type Failure = {
  /** OFFLINE: no answer came. */
  code: ErrorCode | "OFFLINE";
  /** A sentence for people. */
  message: string;
  retryable: boolean;
  /** What is wrong with each field of the input, by its path. */
  fields: Record<string, string>;
};

const offline: Failure = {
  code: "OFFLINE",
  message: "Heddle cannot be reached. It may be restarting; check your connection.",
  retryable: true,
  fields: {},
};

/** What a call threw, as something to show. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof TRPCClientError)) {
    return { code: "INTERNAL", message: "Something went wrong in this page.", retryable: true, fields: {} };
  }
  const { data, message } = error as TRPCClientError<AppRouter>;
  if (!data || !isErrorCode(data.code)) return offline;
  const fields = Object.fromEntries((data.issues ?? []).map((issue) => [issue.path, issue.message]));
  return { code: data.code, message, retryable: data.retryable, fields };
}

/** Whether what was asked for does not exist, or is not for this reader: any more, or at all. */
export function isGone(error: unknown): boolean {
  const { code } = failureOf(error);
  return code === "NOT_FOUND" || code === "FORBIDDEN";
}

/** The sentence of a failed call; `null` without one. */
export function messageOf(error: unknown): string | null {
  return error ? failureOf(error).message : null;
}
