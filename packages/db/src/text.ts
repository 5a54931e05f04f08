import { AppError } from "./errors.ts";

/** Text as PostgreSQL takes it: without NUL, and with lone surrogates replaced. */
export function cleanText(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

/** More than any real input has; what walks through values must not run out of stack. */
const mostLevels = 500;

/** `cleanText` on every string of a JSON value, keys included. @throws BAD_INPUT for one that is nested without end */
export function cleanJson<T>(value: T): T {
  return cleanLevel(value, 0) as T;
}

function cleanLevel(value: unknown, level: number): unknown {
  if (typeof value === "string") return cleanText(value);
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  if (level === mostLevels) throw new AppError("BAD_INPUT", { message: "The input is nested too deeply." });
  if (Array.isArray(value)) return value.map((inner) => cleanLevel(inner, level + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [cleanText(key), cleanLevel(inner, level + 1)]),
  );
}
