import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase } from "./testing/database.ts";

let opened: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened?.close());

test("the server itself ends a transaction whose process has gone silent", async () => {
  const [row] = await opened.db.prisma.$queryRaw<{ timeout: string }[]>`
    SELECT current_setting('idle_in_transaction_session_timeout') AS "timeout"`;
  expect(row?.timeout).toBe("10s");
});

test("hints reach a listener, and more of them than fit are dropped without an error", async () => {
  const listener = new pg.Client({ connectionString: opened.url });
  await listener.connect();
  try {
    const heard: string[] = [];
    listener.on("notification", ({ payload }) => heard.push(payload ?? ""));
    await listener.query("LISTEN heddle");
    const { publisher } = opened.db;
    for (let seq = 1; seq <= 5_001; seq += 1) publisher.send({ k: "thread", w: "w", t: "t", seq });
    await expect.poll(() => heard.at(-1)).toContain('"seq":5001');
    expect(heard).toHaveLength(1);
  } finally {
    await listener.end();
  }
});
