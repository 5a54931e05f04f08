/** Text as PostgreSQL takes it: without NUL, and with lone surrogates replaced. */
export function cleanText(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

/** `cleanText` on every string of a JSON value, keys included. */
export function cleanJson<T>(value: T): T {
  if (typeof value === "string") return cleanText(value) as T;
  if (Array.isArray(value)) return value.map(cleanJson) as T;
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), cleanJson(inner)])) as T;
}
