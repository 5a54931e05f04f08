import { messageOf, repairHint, StartFailure } from "./start-failure.ts";

const explanations: { codes: RegExp; sentence: (message: string) => string }[] = [
  {
    codes: /^(ENOSPC|53100)$/,
    sentence: (message) => `a disk is full (${message}). Make room and start again; nothing is lost.`,
  },
  {
    codes: /^(EROFS|25006)$/,
    sentence: (message) => `a disk or database can only be read, not written (${message}).`,
  },
  {
    codes: /^(EACCES|EPERM)$/,
    sentence: (message) =>
      `a file may not be used by this user (${message}). Start Heddle as the user who owns its home.`,
  },
  {
    codes: /^(58P01|58030|XX000|XX001|XX002)$/,
    sentence: (message) => `the database is damaged (${message}). Nothing was changed. ${repairHint}`,
  },
];

/** What made a start fail, in a sentence for whoever runs the stack; null if it is a fault of the program. */
export function explainFailure(error: unknown): string | null {
  if (error instanceof StartFailure) return error.message;
  const codes = codesOf(error);
  const found = explanations.find((explanation) => codes.some((code) => explanation.codes.test(code)));
  return found?.sentence(messageOf(error).replace(/\s+/g, " ").trim()) ?? null;
}

/** Codes of the system and of PostgreSQL, wherever a library has wrapped them. */
function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== "object" || error === null || depth > 6) return [];
  const { code, originalCode, cause, meta, driverAdapterError } = error as Record<string, unknown>;
  const own = [code, originalCode].filter((value) => typeof value === "string");
  return [...own, ...[cause, meta, driverAdapterError].flatMap((inner) => codesOf(inner, depth + 1))];
}
