import { resolve } from "node:path";
import { z } from "zod";
import { root } from "./root.ts";
import { StartFailure } from "./start-failure.ts";

const optionalText = z
  .string()
  .optional()
  .transform((text) => text || undefined);

const schema = z.object({
  HEDDLE_HOME: optionalText.transform((path) => resolve(root, path ?? ".heddle")),
  HEDDLE_HOST: z.string().min(1).default("127.0.0.1"),
  HEDDLE_PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  DATABASE_URL: optionalText.refine(
    (url) => url === undefined || /^postgres(ql)?:\/\//.test(url),
    "must begin with postgres://",
  ),
  TEMPORAL_ADDRESS: optionalText.refine(
    (address) => address === undefined || /^[^/\s]+:\d+$/.test(address),
    "must be host:port",
  ),
  HEDDLE_TEMPORAL_BIN: optionalText,
  HEDDLE_SECRET_KEYS: optionalText,
  HEDDLE_REPO_ROOTS: z.string().min(1).default("/"),
  HEDDLE_ALLOWED_PRIVATE_HOSTS: z.string().default("127.0.0.1,localhost,::1"),
  HEDDLE_GIT_CA_FILE: optionalText,
  HEDDLE_OIDC_ISSUER: optionalText,
  HEDDLE_OIDC_CLIENT_ID: optionalText,
  HEDDLE_OIDC_CLIENT_SECRET: optionalText,
  HEDDLE_OIDC_NAME: optionalText,
  HEDDLE_OIDC_SCOPES: optionalText,
  HEDDLE_OIDC_DOMAINS: optionalText,
  HEDDLE_OIDC_WORKSPACE: optionalText,
  HEDDLE_OIDC_ROLE: optionalText,
  HEDDLE_OIDC_ROLE_CLAIM: optionalText,
  HEDDLE_OIDC_ROLES: optionalText,
  HEDDLE_BOOTSTRAP_EMAIL: z.email().default("owner@heddle.local"),
  HEDDLE_BOOTSTRAP_PASSWORD: optionalText,
  HEDDLE_BOOTSTRAP_TOKEN: optionalText,
  HEDDLE_DEV: z.enum(["0", "1"]).default("0"),
  NEXTAUTH_URL: optionalText,
  HEDDLE_SMTP_URL: optionalText.refine(
    (url) => url === undefined || /^smtps?:\/\/[^/]/.test(url),
    "must be smtp[s]://[user:password@]host[:port]",
  ),
  HEDDLE_SMTP_FROM: optionalText,
  HEDDLE_SANDBOX_MEMORY_MB: optionalText,
  HEDDLE_SANDBOX_DISK_MB: optionalText,
  HEDDLE_SANDBOX_FILES: optionalText,
  HEDDLE_SANDBOX_PROCESSES: optionalText,
  HEDDLE_DISK_RESERVE_MB: optionalText,
  /** An OpenTelemetry collector's base address and headers; nothing is traced without one. */
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalText.pipe(z.url().optional()),
  OTEL_EXPORTER_OTLP_HEADERS: optionalText,
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

export type Env = z.infer<typeof schema>;

/** The stack's configuration. @throws StartFailure naming each bad variable and what is wrong with it */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")} (${issue.message})`);
  throw new StartFailure(`these settings are not valid: ${problems.join(", ")}.`);
}

/** Where the operator stood when they called npm, which itself moves to the checkout. */
export function fromCaller(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

const inherited = ["PATH", "HOME", "TZ", "LANG"];

/** All that a child process gets of the operator's own environment. */
export function inheritedEnv(): Record<string, string> {
  return Object.fromEntries(inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** The whole environment, for build tools that a person configures with it (proxies, caches). */
export function buildToolEnv(extra: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...extra };
}
