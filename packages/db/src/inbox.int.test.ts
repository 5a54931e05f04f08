import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { listInbox } from "./inbox.ts";
import {
  claimInboxItem,
  finishInboxItem,
  releaseInboxItem,
  reopenInboxItem,
  snoozeInboxItem,
} from "./inbox-actions.ts";
import { handOnInboxItem } from "./inbox-hand-on.ts";
import { reconcileHostTrouble } from "./inbox-hosts.ts";
import { addInboxItem } from "./inbox-items.ts";
import { removeMember } from "./members.ts";
import { transact } from "./mutate.ts";
import type { Principal, ThreadScope, WorkspaceScope } from "./scope.ts";
import { workspaceScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { addMember, makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { openTestThread } from "./testing/turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let thread: ThreadScope;
let ada: WorkspaceScope;
let bo: WorkspaceScope;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
afterAll(() => close());
beforeEach(async () => {
  workspace = await makeWorkspace(db);
  thread = await openTestThread(db, workspace);
  ada = await scopeOf(workspace.principals.member);
  bo = await scopeOf(await addMember(db, workspace.id, "member"));
});

const scopeOf = (principal: Principal) => workspaceScope(db, principal, workspace.id, "inbox.own");

async function tellBoth(): Promise<{ adas: string; bos: string }> {
  await transact(db, (tx, after) =>
    addInboxItem(tx, after, {
      workspaceId: workspace.id,
      kind: "turnFailed",
      key: "turn:1/0",
      threadId: thread.threadId,
      userIds: [ada.principal.userId, bo.principal.userId],
    }),
  );
  const [adas] = await listInbox(ada, { view: "open" });
  const [bos] = await listInbox(bo, { view: "open" });
  return { adas: adas?.id ?? "", bos: bos?.id ?? "" };
}

const ids = async (scope: WorkspaceScope, view: "open" | "snoozed" | "done" = "open") =>
  (await listInbox(scope, { view })).map(({ id }) => id);

describe("an item", () => {
  test("is claimed for all who were told, by one of them", async () => {
    const { adas, bos } = await tellBoth();
    await claimInboxItem(ada, adas);
    expect(await listInbox(bo, { view: "open" })).toMatchObject([
      { id: bos, alsoTold: 1, claimedBy: { name: ada.principal.name } },
    ]);
    await expect(claimInboxItem(bo, bos)).rejects.toMatchObject({ code: "INBOX_CLAIMED" });
    await releaseInboxItem(bo, bos);
    await expect(claimInboxItem(bo, bos)).rejects.toMatchObject({ code: "INBOX_CLAIMED" });
    await releaseInboxItem(ada, adas);
    await claimInboxItem(bo, bos);
    expect(await listInbox(ada, { view: "open" })).toMatchObject([{ claimedBy: { name: bo.principal.name } }]);
  });

  test("goes to one of two who claim it at the same time", async () => {
    const { adas, bos } = await tellBoth();
    const results = await Promise.allSettled([claimInboxItem(ada, adas), claimInboxItem(bo, bos)]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("is done for one alone, and open again", async () => {
    const { adas, bos } = await tellBoth();
    await finishInboxItem(ada, adas);
    expect([await ids(ada), await ids(ada, "done"), await ids(bo)]).toEqual([[], [adas], [bos]]);
    await expect(snoozeInboxItem(ada, { itemId: adas, until: later() })).rejects.toMatchObject({
      code: "INBOX_SETTLED",
    });
    await reopenInboxItem(ada, adas);
    expect(await ids(ada)).toEqual([adas]);
  });

  test("is out of sight until the time it was snoozed to", async () => {
    const { adas } = await tellBoth();
    await snoozeInboxItem(ada, { itemId: adas, until: later() });
    expect([await ids(ada), await ids(ada, "snoozed")]).toEqual([[], [adas]]);
    await db.prisma.inboxItem.update({ where: { id: adas }, data: { snoozedUntil: new Date(Date.now() - 1) } });
    expect(await ids(ada)).toEqual([adas]);
    for (const ms of [-1_000, 400 * 86_400_000]) {
      const until = new Date(Date.now() + ms);
      await expect(snoozeInboxItem(ada, { itemId: adas, until })).rejects.toMatchObject({ code: "BAD_INPUT" });
    }
  });

  test("is handed on with its claim, with an e-mail to who gets it, and taken back", async () => {
    const { adas } = await tellBoth();
    const chris = await scopeOf(await addMember(db, workspace.id, "member"));
    await claimInboxItem(ada, adas);
    await handOnInboxItem(ada, { itemId: adas, userId: chris.principal.userId });
    const [taken] = await listInbox(chris, { view: "open" });
    expect(taken).toMatchObject({ handedBy: { name: ada.principal.name }, claimedBy: { name: chris.principal.name } });
    expect(await db.prisma.inboxEmail.count({ where: { itemId: taken?.id } })).toBe(1);
    expect(await listInbox(ada, { view: "done" })).toMatchObject([{ handedTo: { name: chris.principal.name } }]);
    await reopenInboxItem(ada, adas);
    expect([await ids(ada), await ids(chris)]).toEqual([[adas], []]);
    expect(await listInbox(ada, { view: "open" })).toMatchObject([{ claimedBy: { name: ada.principal.name } }]);
  });

  test("that was the other's too before it was handed on stays theirs when it is taken back", async () => {
    const { adas, bos } = await tellBoth();
    await finishInboxItem(bo, bos);
    await handOnInboxItem(ada, { itemId: adas, userId: bo.principal.userId });
    expect(await ids(bo)).toEqual([bos]);
    await reopenInboxItem(ada, adas);
    expect(await ids(bo)).toEqual([bos]);
  });

  test("is handed on to nobody who could not see what it is about", async () => {
    const { adas } = await tellBoth();
    const stranger = (await makeWorkspace(db)).principals.member;
    await db.prisma.project.update({ where: { id: workspace.projectId }, data: { visibility: "restricted" } });
    const place = { projectId: workspace.projectId, userId: ada.principal.userId, role: "contributor" as const };
    await db.prisma.projectMember.create({ data: place });
    for (const userId of [ada.principal.userId, bo.principal.userId, stranger.userId]) {
      const handed = handOnInboxItem(ada, { itemId: adas, userId });
      await expect(handed).rejects.toMatchObject({ code: "BAD_INPUT" });
    }
    await handOnInboxItem(ada, { itemId: adas, userId: workspace.principals.admin.userId });
  });

  test("is out of reach for others, and for its reader together with its thread", async () => {
    const { adas, bos } = await tellBoth();
    const actions = [claimInboxItem, releaseInboxItem, finishInboxItem, reopenInboxItem];
    for (const act of actions) await expect(act(bo, adas)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await db.prisma.thread.update({ where: { id: thread.threadId }, data: { visibility: "private" } });
    expect(await ids(bo)).toEqual([]);
    for (const act of actions) await expect(act(bo, bos)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await ids(ada)).toEqual([adas]);
  });

  test("leaves with its member, and what they took care of is others' again", async () => {
    const { bos } = await tellBoth();
    await claimInboxItem(bo, bos);
    const owner = await workspaceScope(db, workspace.principals.owner, workspace.id, "member.manage");
    await removeMember(owner, { userId: bo.principal.userId });
    expect(await listInbox(ada, { view: "open" })).toMatchObject([{ claimedBy: null, alsoTold: 0 }]);
  });
});

describe("a host that has died", () => {
  const open = async (principal: Principal) => listInbox(await scopeOf(principal), { view: "open" });

  test("is told to owners and admins of the workspaces with threads on it, once for each death, until it is back", async () => {
    const id = `host-${workspace.id}`;
    const bystander = await makeWorkspace(db);
    const dead = { leaseExpiresAt: new Date(Date.now() - 120_000), liveSince: new Date(Date.now() - 900_000) };
    await db.prisma.host.create({ data: { id, ...dead } });
    await db.prisma.thread.update({ where: { id: thread.threadId }, data: { hostId: id } });
    const { owner, admin, member } = workspace.principals;
    await Promise.all([reconcileHostTrouble(db), reconcileHostTrouble(db)]);
    await reconcileHostTrouble(db);
    for (const told of [owner, admin]) {
      expect(await open(told)).toMatchObject([{ kind: "hostTrouble", note: id, thread: null }]);
    }
    expect(await open(member)).toEqual([]);
    expect(await db.prisma.inboxItem.count({ where: { workspaceId: bystander.id } })).toBe(0);

    await db.prisma.host.update({ where: { id }, data: { leaseExpiresAt: later(), liveSince: new Date() } });
    await reconcileHostTrouble(db);
    expect(await open(owner)).toEqual([]);
    await db.prisma.host.update({ where: { id }, data: { leaseExpiresAt: dead.leaseExpiresAt } });
    await reconcileHostTrouble(db);
    expect(await open(owner)).toHaveLength(1);
  });

  test("is no trouble within the time that a worker takes to start anew", async () => {
    const id = `host-${workspace.id}`;
    await db.prisma.host.create({ data: { id, leaseExpiresAt: new Date(Date.now() - 10_000) } });
    await db.prisma.thread.update({ where: { id: thread.threadId }, data: { hostId: id } });
    await reconcileHostTrouble(db);
    expect(await open(workspace.principals.owner)).toEqual([]);
  });
});

const later = () => new Date(Date.now() + 3_600_000);
