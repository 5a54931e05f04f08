import { createTestDatabase, type TestDatabase } from "@heddle/db/testing/test-database";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AttemptLimits, type Attempts, createAttemptLimits } from "./attempt-limits.ts";

let database: TestDatabase;
let all: AttemptLimits;
let limits: Attempts;

beforeAll(async () => {
  database = await createTestDatabase();
  all = createAttemptLimits({ url: database.url });
  limits = all.signIn;
});
afterAll(async () => {
  await all.close();
  await database.drop();
});

const newAddress = () => `${crypto.randomUUID()}@example.test`;
const refused = { code: "RATE_LIMITED" };

async function attempts(count: number, ip: (index: number) => string, email = newAddress): Promise<void> {
  for (let index = 0; index < count; index += 1) await limits.attempt(email(), ip(index));
}

test("one machine tries a hundred addresses, and then no more; its other addresses are one machine", async () => {
  await attempts(100, (index) => `2001:db8:1:2::${index.toString(16)}`);
  await expect(limits.attempt(newAddress(), "2001:db8:1:2:ffff::1")).rejects.toMatchObject(refused);
  await limits.attempt(newAddress(), "2001:db8:1:3::1");
  await attempts(100, (index) => `${index % 2 ? "::ffff:" : ""}192.0.2.7`);
  await expect(limits.attempt(newAddress(), "192.0.2.7")).rejects.toMatchObject(refused);
  await limits.attempt(newAddress(), "192.0.2.8");
});

test("a proxy on this computer stands for everyone: it is not counted as one machine", async () => {
  await attempts(101, () => "127.0.0.1");
});

test("right passwords do not count", async () => {
  for (let index = 0; index < 101; index += 1) {
    const email = newAddress();
    await limits.attempt(email, "192.0.2.9");
    await limits.succeeded(email, "192.0.2.9");
  }
});

test("many machines share the attempts on one address", async () => {
  const email = newAddress();
  await attempts(
    100,
    (index) => `198.51.100.${index}`,
    () => email,
  );
  await expect(limits.attempt(email, "198.51.100.200")).rejects.toMatchObject(refused);
});

test("each lock-out is twice as long as the one before, up to an hour; a right password ends the count", async () => {
  const [email, ip] = [newAddress(), "192.0.2.20"];
  const counter = `sign-in-pair:${ip}|${email}`;
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const lockOut = async () => {
    await attempts(
      10,
      () => ip,
      () => email,
    );
    await expect(limits.attempt(email, ip)).rejects.toMatchObject(refused);
    await expect(limits.attempt(email, ip)).rejects.toMatchObject(refused);
    const { rows } = await pool.query("SELECT expire FROM rate_limits WHERE key = $1", [counter]);
    // As if that time had gone by.
    await pool.query("DELETE FROM rate_limits WHERE key IN ($1, $2)", [counter, `sign-in-address:${email}`]);
    return Math.ceil((Number(rows[0].expire) - Date.now()) / 60_000);
  };
  expect([await lockOut(), await lockOut(), await lockOut()]).toEqual([5, 10, 20]);
  await expect(lockOut().then(lockOut)).resolves.toBe(60);
  await limits.attempt(email, ip);
  await limits.succeeded(email, ip);
  expect(await lockOut()).toBe(5);
  await pool.end();
});

test("a refusal says how long to wait; links and passwords are counted apart", async () => {
  const [key, ip] = [newAddress(), "192.0.2.21"];
  await attempts(
    10,
    () => ip,
    () => key,
  );
  await expect(limits.attempt(key, ip)).rejects.toThrow("Too many attempts. Wait 5 minutes and try again.");
  await all.links.attempt(key, ip);
});
