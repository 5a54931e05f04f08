import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { once } from "./idempotency.ts";
import { newId } from "./ids.ts";
import { mutate } from "./mutate.ts";
import { type Principal, workspaceScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const request = { procedure: "test.make", input: { name: "x" } };
const never = new Promise<never>(() => undefined);
const run = <T>(key: string, call: (principal: Principal) => Promise<T>) =>
  once(db, workspace.principals.owner, key, request, call);

/** An effect that can be counted. */
async function make(principal: Principal, name: string): Promise<string> {
  const scope = await workspaceScope(db, principal, workspace.id, "workspace.read");
  const id = newId();
  await mutate(scope, { action: "test.make", resource: { type: "test", id } }, (tx) =>
    tx.user.create({ data: { id, name } }),
  );
  return id;
}

const made = (name: string) => db.prisma.user.count({ where: { name } });

/** As if the process that made the claim had died minutes ago. */
async function age(key: string, ms = 600_000): Promise<void> {
  await db.prisma.idempotencyKey.updateMany({ where: { key }, data: { createdAt: new Date(Date.now() - ms) } });
}

test("a repeat gets the first answer; another request under the key is refused", async () => {
  const first = await run("a", (principal) => make(principal, "a"));
  expect(await run("a", (principal) => make(principal, "a"))).toBe(first);
  expect(await made("a")).toBe(1);
  const other = once(db, workspace.principals.owner, "a", { ...request, input: {} }, async () => "other");
  await expect(other).rejects.toMatchObject({ code: "IDEMPOTENCY_MISMATCH" });
});

test("many at once have one effect", async () => {
  const calls = Array.from({ length: 8 }, () => run("b", (principal) => make(principal, "b")));
  const settled = await Promise.allSettled(calls);
  expect(settled.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
  expect(await made("b")).toBe(1);
});

test("a process that dies between the effect and its record has not the effect repeated", async () => {
  const written = new Promise<void>((resolve) => {
    void run("c", async (principal) => {
      await make(principal, "c");
      resolve();
      return never;
    });
  });
  await written;
  const again = () => run("c", (principal) => make(principal, "c"));
  await expect(again()).rejects.toMatchObject({ code: "IDEMPOTENCY_RUNNING" });
  await age("c");
  await expect(again()).rejects.toMatchObject({ code: "IDEMPOTENCY_LOST" });
  expect(await made("c")).toBe(1);
});

test("a process that dies before the effect leaves the key to the next; should it live after all, it writes nothing", async () => {
  let wake: () => void = () => undefined;
  const asleep = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const first = run("d", async (principal) => {
    await asleep;
    return make(principal, "d");
  });
  await expect.poll(() => db.prisma.idempotencyKey.count({ where: { key: "d" } })).toBe(1);
  await age("d");
  const id = await run("d", (principal) => make(principal, "d"));
  wake();
  await expect(first).rejects.toMatchObject({ code: "IDEMPOTENCY_RUNNING" });
  expect(await made("d")).toBe(1);
  expect(await run("d", (principal) => make(principal, "d"))).toBe(id);
});

test("a key without an effect is free again soon, one with an effect is not: its call may still be at work", async () => {
  for (const key of ["g", "h"]) {
    void run(key, async (principal) => {
      if (key === "h") await make(principal, key);
      return never;
    });
  }
  await expect.poll(() => db.prisma.idempotencyKey.count({ where: { key: { in: ["g", "h"] } } })).toBe(2);
  await expect.poll(() => made("h")).toBe(1);
  await Promise.all([age("g", 20_000), age("h", 20_000)]);
  await run("g", (principal) => make(principal, "g"));
  await expect(run("h", (principal) => make(principal, "h"))).rejects.toMatchObject({ code: "IDEMPOTENCY_RUNNING" });
});

test("an answer that cannot be kept does not free the key", async () => {
  const call = (principal: Principal) => make(principal, "e").then(() => 1n);
  expect(await run("e", call)).toBe(1n);
  await expect(run("e", call)).rejects.toMatchObject({ code: "IDEMPOTENCY_RUNNING" });
  expect(await made("e")).toBe(1);
});

test("a call that fails frees the key", async () => {
  await expect(run("f", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await run("f", async () => "yes")).toBe("yes");
});
