import { join } from "node:path";
import { type Env, inheritedEnv } from "./env.ts";
import type { Home } from "./home.ts";
import { acceptsConnections, answersOk } from "./ready.ts";
import { root } from "./root.ts";
import type { ServiceSpec } from "./service.ts";

export type Addresses = { databaseUrl: string; temporalAddress: string; demoPort: number; workerPort: number };

/** Where people and programs reach the stack. */
export function publicUrl({ HEDDLE_HOST: host, HEDDLE_PORT: port }: Env): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** What a program needs to run, once the servers' addresses are known. */
export type ProgramSpecs = (env: Env, home: Home, addresses: Addresses) => ServiceSpec[];

/** The demo model, the worker and the web server, as built here. */
export const programs: ProgramSpecs = (env, home, addresses) => [
  demoModelSpec(addresses),
  workerSpec(env, home, addresses),
  webSpec(env, home, addresses),
];

function demoModelSpec({ demoPort }: Addresses): ServiceSpec {
  return {
    ...nodeProgram("demo-model", "infra", "dist/demo-model.js"),
    env: { ...nodeEnv(), HEDDLE_DEMO_PORT: String(demoPort) },
    isReady: () => acceptsConnections(demoPort),
  };
}

function workerSpec(env: Env, home: Home, addresses: Addresses): ServiceSpec {
  return {
    ...nodeProgram("worker", "apps/worker", "dist/main.js"),
    env: {
      ...sharedEnv(env, home, addresses),
      ...given(env, limitNames),
      ...emailEnv(env),
      HEDDLE_WORKER_PORT: String(addresses.workerPort),
    },
    isReady: () => answersOk(`http://127.0.0.1:${addresses.workerPort}/`),
  };
}

function webSpec(env: Env, home: Home, addresses: Addresses): ServiceSpec {
  return {
    ...nodeProgram("web", "apps/web", "dist/server.js"),
    env: {
      ...sharedEnv(env, home, addresses),
      HEDDLE_HOST: env.HEDDLE_HOST,
      HEDDLE_PORT: String(env.HEDDLE_PORT),
      HEDDLE_REPO_ROOTS: env.HEDDLE_REPO_ROOTS,
      NEXTAUTH_SECRET: home.secrets.sessionSecret,
      NEXTAUTH_URL: env.NEXTAUTH_URL ?? publicUrl(env),
      ...given(env, oidcNames),
      NEXT_TELEMETRY_DISABLED: "1",
      HEDDLE_EMAIL: env.HEDDLE_SMTP_URL === undefined ? "0" : "1",
      ...(env.HEDDLE_DEV === "1" ? { HEDDLE_DEV: "1", NODE_ENV: "development" } : {}),
    },
    // Not its health, which also tells of parts that a person has to mend through the page.
    isReady: () => answersOk(`${publicUrl(env)}/sign-in`),
    readyTimeoutMs: 120_000,
  };
}

function sharedEnv(env: Env, home: Home, { databaseUrl, temporalAddress }: Addresses): Record<string, string> {
  return {
    ...nodeEnv(),
    HEDDLE_HOME: home.dir,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    HEDDLE_SECRET_KEYS: env.HEDDLE_SECRET_KEYS ?? home.secrets.secretKeys,
    HEDDLE_ALLOWED_PRIVATE_HOSTS: env.HEDDLE_ALLOWED_PRIVATE_HOSTS,
    ...(env.HEDDLE_GIT_CA_FILE === undefined ? {} : { HEDDLE_GIT_CA_FILE: env.HEDDLE_GIT_CA_FILE }),
    LOG_LEVEL: env.LOG_LEVEL,
    ...tracingEnv(env),
  };
}

const limitNames = [
  "HEDDLE_SANDBOX_MEMORY_MB",
  "HEDDLE_SANDBOX_DISK_MB",
  "HEDDLE_SANDBOX_FILES",
  "HEDDLE_SANDBOX_PROCESSES",
  "HEDDLE_DISK_RESERVE_MB",
] as const;

const oidcNames = [
  "HEDDLE_OIDC_ISSUER",
  "HEDDLE_OIDC_CLIENT_ID",
  "HEDDLE_OIDC_CLIENT_SECRET",
  "HEDDLE_OIDC_NAME",
  "HEDDLE_OIDC_SCOPES",
  "HEDDLE_OIDC_DOMAINS",
  "HEDDLE_OIDC_WORKSPACE",
  "HEDDLE_OIDC_ROLE",
  "HEDDLE_OIDC_ROLE_CLAIM",
  "HEDDLE_OIDC_ROLES",
] as const;

/** Those of the variables that are set. */
function given(env: Env, names: readonly (typeof limitNames | typeof oidcNames)[number][]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The worker alone sends e-mails, and so alone has the server's password. */
function emailEnv(env: Env): Record<string, string> {
  const { HEDDLE_SMTP_URL, HEDDLE_SMTP_FROM } = env;
  if (HEDDLE_SMTP_URL === undefined) return {};
  return {
    HEDDLE_SMTP_URL,
    NEXTAUTH_URL: env.NEXTAUTH_URL ?? publicUrl(env),
    ...(HEDDLE_SMTP_FROM === undefined ? {} : { HEDDLE_SMTP_FROM }),
  };
}

/** The exporter itself reads the headers that a collector may ask for. */
function tracingEnv(env: Env): Record<string, string> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS = "" } = env;
  return OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS };
}

function nodeEnv(): Record<string, string> {
  return { ...inheritedEnv(), NODE_ENV: "production" };
}

function nodeProgram(name: string, workspace: string, entry: string) {
  const cwd = join(root, workspace);
  return { name, command: process.execPath, args: ["--enable-source-maps", join(cwd, entry)], cwd };
}
