export type LoggedError = {
  type?: string;
  code?: string | number;
  message: string;
  stack?: string;
  cause?: LoggedError;
};

const mostCauses = 6;

/** What addresses, headers and messages of others repeat: `user:password@`, bearer tokens, keys of providers and our own. */
const secrets: readonly [RegExp, string][] = [
  [/\b([a-z][a-z\d+.-]*:\/\/)[^\s/@]*@/gi, "$1[hidden]@"],
  [/\b(bearer) +[\w.~+/=-]+/gi, "$1 [hidden]"],
  [/\b(sk|pk|rk|hdl)[-_][\w*.-]{8,}/gi, "[hidden]"],
];

/**
 * An error as a log has it. Its own further properties stay out: those of drivers and of Node repeat rows, addresses
 * with passwords and headers.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { message: withoutSecrets(String(error)) };
  const code = "code" in error && isCode(error.code) ? { code: error.code } : {};
  const hasCause = error.cause !== undefined && depth < mostCauses;
  return {
    type: error.name,
    ...code,
    message: withoutSecrets(error.message),
    ...(error.stack === undefined ? {} : { stack: withoutSecrets(error.stack) }),
    ...(hasCause ? { cause: loggedError(error.cause, depth + 1) } : {}),
  };
}

function withoutSecrets(text: string): string {
  return secrets.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}

function isCode(code: unknown): code is string | number {
  return typeof code === "string" || typeof code === "number";
}
