import { totalmem } from "node:os";
import { z } from "zod";

const mebi = 2 ** 20;

const schema = z.object({
  HEDDLE_HOME: z.string().min(1),
  DATABASE_URL: z.string().min(1),
  TEMPORAL_ADDRESS: z.string().min(1),
  /** base64 keys of 32 bytes, newest first, separated by commas. */
  HEDDLE_SECRET_KEYS: z.string().min(1),
  /** Hosts that may resolve to private addresses, separated by commas. */
  HEDDLE_ALLOWED_PRIVATE_HOSTS: z.string().default(""),
  /** Certificates that servers of repositories are checked by, instead of the system's: a PEM file. */
  HEDDLE_GIT_CA_FILE: z.string().min(1).optional(),
  HEDDLE_WORKER_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** Of each thread's sandbox, in MiB; half of the machine's memory, but not more than 4 GiB, when absent. */
  HEDDLE_SANDBOX_MEMORY_MB: z.coerce
    .number()
    .int()
    .min(128)
    .default(Math.min(4096, Math.floor(totalmem() / 2 ** 21))),
  HEDDLE_SANDBOX_DISK_MB: z.coerce.number().int().min(64).default(10_240),
  /** The most files and folders that a thread may have. */
  HEDDLE_SANDBOX_FILES: z.coerce.number().int().min(1_000).default(1_000_000),
  HEDDLE_SANDBOX_PROCESSES: z.coerce.number().int().min(16).max(30_000).default(512),
  /** Space of the home's file system, in MiB, that no sandbox uses up. */
  HEDDLE_DISK_RESERVE_MB: z.coerce.number().int().min(0).default(1024),
  /** `smtp[s]://[user:password@]host[:port]`: e-mails about inbox items are sent through it; none without. */
  HEDDLE_SMTP_URL: z.string().min(1).optional(),
  HEDDLE_SMTP_FROM: z.string().min(1).optional(),
  /** Where people open Heddle: e-mails link there. */
  NEXTAUTH_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** An OpenTelemetry collector's base address; nothing is traced without one. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

/** Door 5: the worker's whole configuration. @throws a sentence that names each bad value */
export function readEnv() {
  const parsed = schema.safeParse(process.env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The worker cannot start. Set these variables: ${problems.join("; ")}`);
  }
  const { data } = parsed;
  if (data.HEDDLE_SMTP_URL !== undefined && data.NEXTAUTH_URL === undefined) {
    throw new Error("The worker cannot start. With HEDDLE_SMTP_URL set NEXTAUTH_URL, the address that people open.");
  }
  return {
    homeDir: data.HEDDLE_HOME,
    databaseUrl: data.DATABASE_URL,
    temporalAddress: data.TEMPORAL_ADDRESS,
    secretKeys: list(data.HEDDLE_SECRET_KEYS),
    allowedPrivateHosts: new Set(list(data.HEDDLE_ALLOWED_PRIVATE_HOSTS.toLowerCase())),
    gitCaFile: data.HEDDLE_GIT_CA_FILE,
    healthPort: data.HEDDLE_WORKER_PORT,
    sandboxLimits: {
      memoryBytes: data.HEDDLE_SANDBOX_MEMORY_MB * mebi,
      diskBytes: data.HEDDLE_SANDBOX_DISK_MB * mebi,
      files: data.HEDDLE_SANDBOX_FILES,
      diskReserveBytes: data.HEDDLE_DISK_RESERVE_MB * mebi,
      processes: data.HEDDLE_SANDBOX_PROCESSES,
    },
    email:
      data.HEDDLE_SMTP_URL === undefined || data.NEXTAUTH_URL === undefined
        ? null
        : { smtpUrl: data.HEDDLE_SMTP_URL, from: data.HEDDLE_SMTP_FROM, baseUrl: data.NEXTAUTH_URL },
    traceEndpoint: data.OTEL_EXPORTER_OTLP_ENDPOINT,
    logLevel: data.LOG_LEVEL,
  };
}

function list(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}
