import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import type {} from "./test-context.ts";

export type TestDatabase = { /** connection string */ url: string; drop(): Promise<void> };

/** A migrated, empty database of its own for a test file. Open connections do not keep it from being dropped. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, templateUrl } = inject("testServices");
  const template = new URL(templateUrl).pathname.slice(1);
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administer(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

/** `host:port` of the test run's Temporal server; use a task queue of your own. */
export function testTemporalAddress(): string {
  return inject("testServices").temporalAddress;
}

async function administer(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
