import { processesWith, sleepMarker } from "@heddle/agent/sandbox/testing/sandbox-home";
import { removeMember } from "@heddle/db/members";
import { threadScope, workspaceScope } from "@heddle/db/scope";
import { listTurns, sendTurn } from "@heddle/db/turns";
import { afterAll, beforeAll, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await stage.startWorker();
});
afterAll(() => stage?.close());

test("the command of a member who is removed ends with all its processes, its files are kept, and others go on", async () => {
  const { db, workspace } = stage;
  const { owner, admin, member } = workspace.principals;
  const marker = sleepMarker();
  const { threadId } = await stage.prompt(script(shell(`echo half > half.txt; sleep ${marker}`), "Never said."));
  await until(async () => (await processesWith(`sleep\0${marker}`)).length > 0);
  const own = await threadScope(db, member, threadId, "thread.prompt");
  await sendTurn(own, { prompt: script("Never begun.") });
  const others = await threadScope(db, owner, threadId, "thread.prompt");
  await sendTurn(others, { prompt: script(shell("cat half.txt"), "Seen.") });

  const scope = await workspaceScope(db, admin, workspace.id, "member.manage");
  const { threadIds } = await removeMember(scope, { userId: member.userId });
  expect(threadIds).toEqual([threadId]);
  await stage.poke(threadId);

  expect(await settled(others)).toMatchObject({ status: "idle", filesModified: 1 });
  expect(await processesWith(marker)).toEqual([]);
  expect(await listTurns(others)).toMatchObject([{ status: "interrupted" }, { status: "completed" }]);
  const items = await itemsOf(others);
  expect(items.find(({ type }) => type === "notice")).toMatchObject({ message: `Interrupted by ${admin.name}.` });
  expect(items.filter(({ type }) => type === "commandExecution")).toMatchObject([
    { status: "interrupted" },
    { status: "completed", output: "half\n" },
  ]);
});
