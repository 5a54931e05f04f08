import pino, { type Logger } from "pino";

/** JSON lines on standard output. Headers, bodies and query strings are never given to it; keys that may hold secrets are blanked. */
export function createLog(level: string): Logger {
  const paths = ["password", "token", "apiKey", "authorization", "cookie"].flatMap((key) => [key, `*.${key}`]);
  return pino({
    name: "web",
    level,
    base: undefined,
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: "[hidden]" },
  });
}
