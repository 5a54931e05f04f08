import { createTestDatabase, type TestDatabase } from "@heddle/db/testing/test-database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSignInLimits, type SignInLimits } from "./sign-in-limits.ts";

let database: TestDatabase;
let limits: SignInLimits;

beforeAll(async () => {
  database = await createTestDatabase();
  limits = createSignInLimits({ url: database.url });
});
afterAll(async () => {
  await limits.close();
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
