import type { Database } from "@heddle/db/database";
import { finishTurn } from "@heddle/db/finish-turn";
import { finishInboxItem, snoozeInboxItem } from "@heddle/db/inbox-actions";
import { writeNotifications } from "@heddle/db/notifications";
import type { ThreadScope } from "@heddle/db/scope";
import { workspaceScope } from "@heddle/db/scope";
import { claimEmails } from "@heddle/db/send-inbox-email";
import { openTestDatabase } from "@heddle/db/testing/database";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { claimTestTurn, openTestThread } from "@heddle/db/testing/turns";
import { type Mailbox, openMailbox } from "@heddle/testing/mailbox";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startEmails } from "../src/email/email-loop.ts";
import { createMailer } from "../src/email/mailer.ts";
import { until } from "./harness.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let mailbox: Mailbox;
const started: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
afterAll(() => close());
beforeEach(async () => {
  workspace = await makeWorkspace(db);
  mailbox = await openMailbox();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((loop) => loop.stop()));
  await mailbox.close();
  await db.prisma.inboxEmail.deleteMany();
});

const prompt = "Rotate the key sk-very-secret\nand say nothing";

function start(log = pino({ level: "silent" })): void {
  const mailer = createMailer({ smtpUrl: mailbox.url, baseUrl: "https://heddle.example.test/" });
  started.push(startEmails(db, mailer, log));
}

/** A thread whose only turn has failed. */
async function failedThread(): Promise<ThreadScope> {
  const thread = await openTestThread(db, workspace, prompt);
  await db.prisma.thread.update({ where: { id: thread.threadId }, data: { title: "Rotate the key" } });
  const { turnId } = await claimTestTurn(db, thread.threadId);
  await finishTurn(db, thread.threadId, turnId, { status: "failed", code: "MODEL_FAILED" });
  return thread;
}

/** The time given to whoever is looking is over. */
async function makeDue(): Promise<void> {
  await db.prisma.inboxEmail.updateMany({ where: { endedAt: null }, data: { dueAt: new Date(Date.now() - 1_000) } });
}

const asMember = () => workspaceScope(db, workspace.principals.member, workspace.id, "inbox.own");
const outcomes = async () => (await db.prisma.inboxEmail.findMany()).map(({ outcome }) => outcome);
const memberItem = async () =>
  db.prisma.inboxItem.findFirstOrThrow({ where: { userId: workspace.principals.member.userId } });

describe("e-mails about inbox items", () => {
  test("one comes with a link and the title, without the prompt, after whoever looks has had their time", async () => {
    const { threadId } = await failedThread();
    expect(await claimEmails(db, 10)).toEqual([]);
    await makeDue();
    start();
    await until(async () => (await outcomes())[0] === "sent");
    const [mail] = mailbox.received;
    expect(mailbox.received).toHaveLength(1);
    expect(mail?.to).toEqual([`${workspace.principals.member.userId}@example.test`]);
    expect(mail?.raw).toContain("Subject: Rotate the key: the turn has failed");
    expect(mail?.raw).toContain(`https://heddle.example.test/threads/${threadId}`);
    expect(mail?.raw).toContain("List-Unsubscribe: <https://heddle.example.test/settings/notifications>");
    expect(mail?.raw).not.toMatch(/secret|say nothing/);
  });

  test("several workers send each once", async () => {
    for (let index = 0; index < 12; index += 1) await failedThread();
    await makeDue();
    for (let index = 0; index < 3; index += 1) start();
    await until(async () => (await outcomes()).every((outcome) => outcome === "sent"));
    const ids = mailbox.received.map(({ raw }) => /^Message-ID:\s+(\S+)/im.exec(raw)?.[1]);
    expect(ids).toHaveLength(12);
    expect(new Set(ids).size).toBe(12);
  });

  test("one whose worker died goes out again under the same id, once its lease is over", async () => {
    await failedThread();
    await makeDue();
    const [lost] = await claimEmails(db, 10);
    expect(await claimEmails(db, 10)).toEqual([]);
    await db.prisma.inboxEmail.updateMany({ data: { leaseUntil: new Date(Date.now() - 1_000) } });
    start();
    await until(async () => (await outcomes())[0] === "sent");
    expect(mailbox.received[0]?.raw).toContain(`<inbox-${lost?.itemId}@heddle.example.test>`);
  });

  test("a server that is busy is asked again later, each time later, and its sentences are not logged", async () => {
    await failedThread();
    await makeDue();
    mailbox.answer("busy");
    const lines: string[] = [];
    start(pino({ level: "warn" }, { write: (line) => lines.push(line) }));
    const row = () => db.prisma.inboxEmail.findFirstOrThrow();
    await until(async () => (await row()).dueAt.getTime() > Date.now() + 15_000);
    await makeDue();
    await until(async () => (await row()).dueAt.getTime() > Date.now() + 45_000);
    expect(lines.join()).toContain("SMTP: ");
    expect(lines.join()).not.toContain("example.test");
    mailbox.answer("accept");
    await makeDue();
    await until(async () => (await outcomes())[0] === "sent");
  });

  test("a refused address is not tried again", async () => {
    await failedThread();
    await makeDue();
    mailbox.answer("refuse");
    start();
    await until(async () => (await outcomes())[0] === "refused");
  });

  test("nobody is written to about what is done, claimed by another, unwanted or out of their reach", async () => {
    const member = workspace.principals.member;
    await failedThread();
    await finishInboxItem(await asMember(), (await memberItem()).id);
    await makeDue();
    expect(await claimEmails(db, 10)).toEqual([]);

    const thread = await failedThread();
    const own = { threadId: thread.threadId };
    await db.prisma.inboxItem.updateMany({ where: own, data: { claimedById: workspace.principals.owner.userId } });
    await makeDue();
    expect(await claimEmails(db, 10)).toEqual([]);

    await failedThread();
    await writeNotifications(await asMember(), { emailKinds: ["mention"], quietHours: null, timeZone: "UTC" });
    await makeDue();
    expect(await claimEmails(db, 10)).toEqual([]);
    await writeNotifications(await asMember(), { emailKinds: ["turnFailed"], quietHours: null, timeZone: "UTC" });

    await failedThread();
    await db.prisma.membership.deleteMany({ where: { userId: member.userId } });
    await makeDue();
    expect(await claimEmails(db, 10)).toEqual([]);
    expect((await outcomes()).sort()).toEqual(["claimed", "notVisible", "notWanted", "settled"]);
  });

  test("what is snoozed waits for its time, and in quiet hours everything does", async () => {
    await failedThread();
    const until = new Date(Date.now() + 3_600_000);
    await snoozeInboxItem(await asMember(), { itemId: (await memberItem()).id, until });
    await makeDue();
    expect(await claimEmails(db, 10)).toEqual([]);
    expect(await db.prisma.inboxEmail.findFirstOrThrow()).toMatchObject({ dueAt: until, attempts: 0, outcome: null });

    await db.prisma.inboxItem.updateMany({ data: { snoozedUntil: null } });
    const minute = new Date().getUTCHours() * 60 + new Date().getUTCMinutes();
    const quietHours = { from: (minute + 1380) % 1440, to: (minute + 120) % 1440 };
    await writeNotifications(await asMember(), { emailKinds: ["turnFailed"], quietHours, timeZone: "UTC" });
    await makeDue();
    expect(await claimEmails(db, 10)).toEqual([]);
    const waiting = await db.prisma.inboxEmail.findFirstOrThrow();
    expect(waiting.dueAt.getTime()).toBeGreaterThan(Date.now() + 3_600_000);
  });
});
