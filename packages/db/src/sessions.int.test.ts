import { afterAll, beforeAll, expect, test } from "vitest";
import { listAudit } from "./audit.ts";
import type { Database } from "./database.ts";
import { workspaceScope } from "./scope.ts";
import { authenticateSession, hashPassword, revokeSession, signIn } from "./sessions.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";

let db: Database;
let close: () => Promise<void>;
let first: TestWorkspace;
let second: TestWorkspace;
const from = { ip: "192.0.2.1", userAgent: "test" };

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  first = await makeWorkspace(db);
  second = await makeWorkspace(db);
});
afterAll(() => close());

async function addUser(name: string, workspaceIds: string[]) {
  const email = `${name}@example.test`;
  const user = await db.prisma.user.create({ data: { name, email, passwordHash: await hashPassword("right") } });
  for (const workspaceId of workspaceIds) {
    await db.prisma.membership.create({ data: { workspaceId, userId: user.id, role: "member" } });
  }
  return email;
}

async function actionsIn(workspace: TestWorkspace) {
  const scope = await workspaceScope(db, workspace.principals.auditor, workspace.id, "audit.read");
  const { events } = await listAudit(scope, { after: 0, limit: 1_000 });
  return events.map((event) => `${event.actorName} ${event.action} ${event.outcome}`);
}

test("members of the same workspaces sign in at the same time, whatever they joined first", async () => {
  const emails = [await addUser("ada", [first.id, second.id]), await addUser("ben", [second.id, first.id])];
  const attempts = Array.from({ length: 60 }, (_, index) => emails[index % 2] as string);
  const signedIn = await Promise.all(attempts.map((email) => signIn(db, { email, password: "right" }, from)));
  expect(signedIn.every((session) => session !== null)).toBe(true);
});

test("signing in, failing to and signing out are in the audit log of each workspace of the member", async () => {
  const email = await addUser("eve", [first.id, second.id]);
  expect(await signIn(db, { email, password: "wrong" }, from)).toBeNull();
  const session = await signIn(db, { email, password: "right" }, from);
  const principal = await authenticateSession(db, session?.sessionId ?? "", { ip: from.ip, requestId: "t" });
  if (!principal) throw new Error("the session does not sign in");
  await revokeSession(db, principal);
  await revokeSession(db, principal);
  expect(await authenticateSession(db, session?.sessionId ?? "", { ip: null, requestId: "t" })).toBeNull();
  for (const workspace of [first, second]) {
    const own = (await actionsIn(workspace)).filter((line) => line.startsWith("eve "));
    expect(own).toEqual(["eve session.open denied", "eve session.open ok", "eve session.close ok"]);
  }
});
