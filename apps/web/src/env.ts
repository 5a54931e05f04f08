import { isAbsolute, resolve } from "node:path";
import { z } from "zod";
import { oidcFault, oidcVariables } from "./oidc-env.ts";

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);

const secretKeys = list.refine(
  (keys) => keys.length > 0 && keys.every((key) => Buffer.from(key, "base64").length === 32),
  "must be one or more keys of 32 bytes in base64, separated by commas, newest first",
);

const variables = z.object({
  ...oidcVariables,
  HEDDLE_HOME: z
    .string()
    .min(1, "must name the folder that holds all state")
    .transform((path) => resolve(path)),
  HEDDLE_HOST: z.string().default("127.0.0.1"),
  HEDDLE_PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  HEDDLE_DEV: z
    .enum(["0", "1"])
    .default("0")
    .transform((flag) => flag === "1"),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must begin with postgres://"),
  TEMPORAL_ADDRESS: z.string().regex(/^[^/\s]+:\d+$/, "must be host:port"),
  HEDDLE_SECRET_KEYS: secretKeys,
  NEXTAUTH_SECRET: z.string().min(32, "must be at least 32 characters; make one with `openssl rand -base64 32`"),
  NEXTAUTH_URL: z.url({ protocol: /^https?$/, message: "must be the http or https address that people open" }),
  HEDDLE_REPO_ROOTS: list
    .default(["/"])
    .refine(
      (roots) => roots.length > 0 && roots.every((root) => isAbsolute(root)),
      "must be absolute paths, separated by commas",
    ),
  HEDDLE_ALLOWED_PRIVATE_HOSTS: list.default([]).transform((hosts) => hosts.map((host) => host.toLowerCase())),
  /** Certificates that servers of repositories are checked by, instead of the system's: a PEM file. */
  HEDDLE_GIT_CA_FILE: z.string().optional(),
  /** Whether workers send e-mails: they have the address of the server. */
  HEDDLE_EMAIL: z
    .enum(["0", "1"])
    .default("0")
    .transform((flag) => flag === "1"),
  /** An OpenTelemetry collector's base address; nothing is traced without one. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  LOG_LEVEL: z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
});

const schema = variables.superRefine((set, context) => {
  const fault = oidcFault(set);
  if (fault) context.addIssue({ code: "custom", path: [fault.variable], message: fault.message });
});

export type Env = z.output<typeof schema>;

/**
 * Door 5: the settings of the web process, read once at its start.
 * @throws an Error that names each bad variable and what it must be
 */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The web server cannot start: bad settings in the environment.\n${faults.join("\n")}`);
}
