import type { NextConfig } from "next";

const config: NextConfig = {
  // Event streams must reach the browser event by event; what can be compressed is in main.ts.
  compress: false,
  poweredByHeader: false,
  transpilePackages: ["@heddle/agent", "@heddle/db", "@heddle/telemetry", "@heddle/ui"],
  serverExternalPackages: [
    "@node-rs/argon2",
    "@opentelemetry/api",
    "@opentelemetry/exporter-trace-otlp-http",
    "@opentelemetry/resources",
    "@opentelemetry/sdk-trace-node",
    "@prisma/adapter-pg",
    "@prisma/client",
    "@temporalio/client",
    "isomorphic-git",
    "pg",
    "pino",
    "rate-limiter-flexible",
    "ssh2",
  ],
  // Addresses of the API and of git are taken as they are written.
  skipTrailingSlashRedirect: true,
};

export default config;
