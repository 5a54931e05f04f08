import { processesWith, sleepMarker } from "@heddle/agent/sandbox/testing/sandbox-home";
import { type Principal, threadScope } from "@heddle/db/scope";
import { removeThreadMember, setThreadMember } from "@heddle/db/sharing";
import { addMember } from "@heddle/db/testing/fixtures";
import { listTurns, sendTurn } from "@heddle/db/turns";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";

let stage: Stage;
let friend: Principal;

beforeAll(async () => {
  stage = await openStage();
  await stage.startWorker();
});
beforeEach(async () => {
  friend = await addMember(stage.db, stage.workspace.id, "member");
});
afterAll(() => stage?.close());

/** A private thread of the member, in which the friend was let steer and has sent this prompt. */
async function steering(prompt: string) {
  const { db, workspace } = stage;
  const { threadId } = await stage.prompt(script("Begun."));
  await db.prisma.thread.update({ where: { id: threadId }, data: { visibility: "private" } });
  const own = await threadScope(db, workspace.principals.member, threadId, "thread.share");
  await settled(own);
  await setThreadMember(own, { userId: friend.userId, right: "steer" });
  await sendTurn(await threadScope(db, friend, threadId, "thread.prompt"), { prompt });
  await stage.poke(threadId);
  return own;
}

test("the command of a member whose right in the thread is taken ends at once, with a reason, and its files are kept", async () => {
  const marker = sleepMarker();
  const own = await steering(script(shell(`echo half > half.txt; sleep ${marker}`), "Never said."));
  await until(async () => (await processesWith(`sleep\0${marker}`)).length > 0);
  expect(await removeThreadMember(own, { userId: friend.userId })).toEqual({ turns: 1 });
  await stage.poke(own.threadId);
  expect(await settled(own)).toMatchObject({ status: "idle", filesModified: 1 });
  expect(await processesWith(marker)).toEqual([]);
  const notice = (await itemsOf(own)).findLast(({ type }) => type === "notice");
  expect(notice).toMatchObject({ message: expect.stringContaining(`${friend.name} may no longer steer this thread.`) });
});

test("a member whose role in the workspace is lowered gets to the end of the step; what it made is kept", async () => {
  const { prisma } = stage.db;
  const where = { workspaceId_userId: { workspaceId: stage.workspace.id, userId: friend.userId } };
  const marker = `3.${process.pid}`;
  const own = await steering(
    script(shell(`echo done > done.txt; sleep ${marker}`), shell("echo never > never.txt"), "No."),
  );
  await until(async () => (await processesWith(`sleep\0${marker}`)).length > 0);
  await prisma.membership.update({ where, data: { role: "viewer" } });
  expect(await settled(own)).toMatchObject({ status: "failed", filesModified: 1 });
  expect((await itemsOf(own)).at(-1)).toMatchObject({ type: "error", code: "RIGHTS_LOST" });
  expect((await listTurns(own)).at(-1)).toMatchObject({ status: "failed", retryable: true });
});
