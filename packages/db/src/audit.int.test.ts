import { afterAll, beforeAll, expect, test } from "vitest";
import { listAudit, verifyAudit } from "./audit.ts";
import type { Database } from "./database.ts";
import { mutate } from "./mutate.ts";
import { type WorkspaceScope, workspaceScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace } from "./testing/fixtures.ts";

let db: Database;
let close: () => Promise<void>;
let scope: WorkspaceScope;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  const workspace = await makeWorkspace(db);
  scope = await workspaceScope(db, workspace.principals.auditor, workspace.id, "audit.read");
});
afterAll(() => close());

const append = (id: string) => mutate(scope, { action: "test.act", resource: { type: "test", id } }, async () => id);

test("events appended at the same time form one chain", async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => append(`item ${index}`)));
  const { events } = await listAudit(scope, { after: 0, limit: 100 });
  expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(await verifyAudit(scope)).toMatchObject({ ok: true, from: 1, to: 20, head: events.at(-1)?.hash });
});

test("a failed write leaves no event, a failed event no write", async () => {
  const before = await verifyAudit(scope);
  const fails = mutate(scope, { action: "test.fail", resource: { type: "test", id: "x" } }, async () => {
    throw new Error("no");
  });
  await expect(fails).rejects.toThrow("no");
  expect(await verifyAudit(scope)).toEqual(before);
  const nowhere = { ...scope, workspaceId: "nowhere" };
  const entry = { action: "test.act", resource: { type: "test", id: "x" } };
  const orphan = mutate(nowhere, entry, (tx) => tx.workspace.create({ data: { id: "orphan", name: "Orphan" } }));
  await expect(orphan).rejects.toThrow("no audit chain");
  expect(await db.prisma.workspace.count({ where: { id: "orphan" } })).toBe(0);
});

test("the database refuses to change the log", async () => {
  await expect(db.prisma.$executeRaw`UPDATE "AuditEvent" SET "action" = 'x'`).rejects.toThrow();
  await expect(db.prisma.$executeRaw`DELETE FROM "AuditEvent"`).rejects.toThrow();
  await expect(db.prisma.$executeRaw`TRUNCATE "AuditEvent"`).rejects.toThrow();
});

test("a change made behind the database's back is found", async () => {
  await db.prisma.$executeRaw`ALTER TABLE "AuditEvent" DISABLE TRIGGER USER`;
  await db.prisma.$executeRaw`UPDATE "AuditEvent" SET "actorName" = 'somebody else' WHERE "seq" = 7`;
  expect(await verifyAudit(scope)).toMatchObject({ ok: false, from: 1, to: 7 });
});
