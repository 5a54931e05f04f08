import { createDatabase } from "@heddle/db/database";
import { setMemberRole } from "@heddle/db/members";
import { type Principal, type ThreadScope, threadScope, workspaceScope } from "@heddle/db/scope";
import { removeThreadMember, setThreadMember } from "@heddle/db/sharing";
import { makeWorkspace, type TestWorkspace, testProjectScope } from "@heddle/db/testing/fixtures";
import { createThread } from "@heddle/db/threads";
import { createLog } from "@heddle/telemetry/log";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type EventClient, openEvents, type ReceivedEvent } from "../testing/event-client.ts";
import { startTestStack, type TestStack } from "../testing/test-stack.ts";
import { personalToken } from "../testing/tokens.ts";
import { createHub } from "./hub.ts";
import { createPresence } from "./presence.ts";

let stack: TestStack;
let workspace: TestWorkspace;
/** The member's own private thread. */
let own: ThreadScope;

beforeAll(async () => {
  stack = await startTestStack();
});
beforeEach(async () => {
  const { db } = stack.runtime;
  workspace = await makeWorkspace(db);
  const project = await testProjectScope(db, workspace);
  const { id } = await createThread(project, { prompt: "Go", visibility: "private" });
  own = await threadScope(db, workspace.principals.member, id, "thread.share");
});
afterAll(() => stack.close());

async function look(who: Principal): Promise<EventClient> {
  const { token } = await personalToken(stack.runtime.db, workspace, who);
  const headers = { authorization: `Bearer ${token}` };
  return openEvents(`${stack.url}/api/stream?threadId=${own.threadId}&after=0`, headers);
}

const shown = (all: ReceivedEvent[]) =>
  (all.findLast(({ event }) => event === "presence")?.data.people ?? []) as { id: string; typing: boolean }[];
const sees = (...people: Principal[]) => {
  const ids = people.map(({ userId }) => userId).sort();
  return (all: ReceivedEvent[]) =>
    JSON.stringify(
      shown(all)
        .map(({ id }) => id)
        .sort(),
    ) === JSON.stringify(ids);
};
const typing = (who: Principal) => (all: ReceivedEvent[]) =>
  shown(all).some((one) => one.id === who.userId && one.typing);

/** Another web process on the same database: it hears and tells by hints alone. */
async function openProcess() {
  const db = createDatabase({ url: stack.runtime.env.DATABASE_URL, poolSize: 1 });
  const hub = createHub({ url: stack.runtime.env.DATABASE_URL, db, log: createLog({ name: "test", level: "fatal" }) });
  const presence = createPresence({ hub, publisher: db.publisher });
  return {
    presence,
    /** As `kill -9` does: it says nothing more. */
    async kill() {
      await db.publisher.close();
      presence.close();
      await hub.close();
      await db.close();
    },
  };
}

test("who looks at a thread is seen by the others there, until they leave, and once for all their tabs", async () => {
  const { member, auditor } = workspace.principals;
  const first = await look(member);
  await first.until(sees(member));
  const second = await look(auditor);
  const third = await look(auditor);
  await Promise.all([first.until(sees(member, auditor)), second.until(sees(member, auditor))]);
  second.cut();
  third.cut();
  await first.until(sees(member));
  first.cut();
});

test("who types is said at once, and no longer when they stop", async () => {
  const { member, auditor } = workspace.principals;
  const { presence } = stack.runtime;
  const [writer, reader] = [await look(member), await look(auditor)];
  await reader.until(sees(member, auditor));
  presence.setTyping(own.threadId, member.userId, true);
  await reader.until(typing(member));
  presence.setTyping(own.threadId, member.userId, false);
  await reader.until((all) => !typing(member)(all));
  // Said and then silent, as a closed lid is.
  presence.setTyping(own.threadId, member.userId, true);
  await reader.until(typing(member));
  await reader.until((all) => !typing(member)(all));
  writer.cut();
  reader.cut();
});

test("whoever loses the right to look neither sees nor is seen any more", async () => {
  const { member, admin } = workspace.principals;
  await setThreadMember(own, { userId: admin.userId, right: "view" });
  const [owner, guest] = [await look(member), await look(admin)];
  await owner.until(sees(member, admin));
  await removeThreadMember(own, { userId: admin.userId });
  await guest.ended;
  await owner.until(sees(member));
  expect((await look(admin)).status).toBe(404);
  owner.cut();
});

test("a reader whose right changes goes on with what they may do now", async () => {
  const { member, owner } = workspace.principals;
  const client = await look(member);
  const may = (all: ReceivedEvent[]) =>
    (all.findLast(({ event }) => event === "thread")?.data.permissions ?? []) as string[];
  await client.until((all) => may(all).includes("thread.prompt"));
  const scope = await workspaceScope(stack.runtime.db, owner, workspace.id, "member.manage");
  await setMemberRole(scope, { userId: member.userId, role: "viewer" });
  await client.until((all) => JSON.stringify(may(all)) === '["thread.read"]');
  client.cut();
});

test("processes see each other's readers, and a killed one leaves no ghosts", async () => {
  const { member } = workspace.principals;
  const here = await look(member);
  await here.until(sees(member));
  const other = await openProcess();
  const ghost = { id: "ghost", name: "Ghost" };
  let seenThere: string[] = [];
  other.presence.join(own.threadId, ghost, () => {
    seenThere = other.presence.people(own.threadId).map(({ id }) => id);
  });
  const isGhost = (all: ReceivedEvent[]) => shown(all).some(({ id }) => id === ghost.id);
  await here.until(isGhost);
  await expect.poll(() => seenThere, { timeout: 10_000 }).toEqual(expect.arrayContaining([member.userId, ghost.id]));
  await other.kill();
  await here.until((all) => !isGhost(all));
  expect(sees(member)(here.events)).toBe(true);
  here.cut();
}, 40_000);

test("rooms of other threads hear nothing of it", async () => {
  const other = await openProcess();
  const id = "another thread";
  let told: string[] = [];
  other.presence.join(id, { id: "b", name: "B" }, () => {
    told = other.presence.people(id).map((person) => person.id);
  });
  const client = await look(workspace.principals.member);
  await client.until(sees(workspace.principals.member));
  await expect.poll(() => told, { timeout: 10_000 }).toEqual(["b"]);
  client.cut();
  await other.kill();
});
