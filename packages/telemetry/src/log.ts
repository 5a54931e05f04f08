import pino, { type DestinationStream, type Logger } from "pino";
import { currentIds } from "./ids.ts";
import { loggedError } from "./log-errors.ts";
import { currentTraceId } from "./tracing.ts";

export type Log = Logger;

const hiddenKeys = ["password", "token", "apiKey", "authorization", "cookie", "secret"];

/**
 * JSON lines on standard output, each with the ids of the request, thread and turn that it is about. Headers, bodies and
 * query strings are never given to it; keys that may hold secrets are blanked, errors go without what they carry.
 */
export function createLog(options: { name: string; level: string }, destination?: DestinationStream): Log {
  const settings = {
    name: options.name,
    level: options.level,
    base: undefined,
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: loggedError },
    redact: { paths: hiddenKeys.flatMap((name) => [name, `*.${name}`]), censor: "[hidden]" },
    mixin: () => {
      const traceId = currentTraceId();
      return traceId === null ? currentIds() : { ...currentIds(), traceId };
    },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}
