import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint } from "@heddle/agent/git/testing/project";
import { listPacks } from "@heddle/db/checkpoint-packs";
import { requestCommit } from "@heddle/db/jobs";
import { type ThreadScope, threadScope } from "@heddle/db/scope";
import { sendTurn } from "@heddle/db/turns";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStage, type Stage, script, settled, shell, until } from "./harness.ts";

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
  await stage.startWorker();
});
afterEach(() => stage?.close());

const thread = ({ threadId }: ThreadScope) => stage.db.prisma.thread.findUniqueOrThrow({ where: { id: threadId } });
const filesIn = (homeDir: string, { threadId }: ThreadScope) =>
  fingerprint(join(homeDir, "worktrees", threadId, "tree"), (path) => path === ".git");

async function follow(scope: ThreadScope): Promise<void> {
  await sendTurn(scope, { prompt: script(shell("true"), "Done.") });
  await stage.poke(scope.threadId);
  expect((await settled(scope)).status).toBe("idle");
}

async function commit(scope: ThreadScope): Promise<void> {
  const allowed = await threadScope(stage.db, scope.principal, scope.threadId, "thread.commit");
  await requestCommit(allowed, { message: "Add" });
  await stage.poke(scope.threadId);
  await until(async () => (await thread(scope)).headCommit);
}

/** Lets the thread's next turn run on another host. */
async function moveAway(scope: ThreadScope): Promise<string> {
  await stage.startWorker({}, { hostId: "other" });
  await stage.db.prisma.host.update({ where: { id: "stage" }, data: { drainingAt: new Date() } });
  await follow(scope);
  expect(await thread(scope)).toMatchObject({ hostId: "other", moves: 1 });
  return join(stage.homeDir, "../other");
}

test("a large checkpoint is kept in pieces and made whole elsewhere", { timeout: 180_000 }, async () => {
  const scope = await stage.prompt(
    script(
      shell("head -c 9000000 /dev/urandom > big; for i in $(seq 200); do echo $i > n$i; done"),
      shell("rm n1"),
      "Done.",
    ),
  );
  await settled(scope);
  await commit(scope);
  const pieces = await stage.db.prisma.checkpointPack.groupBy({
    by: ["commit"],
    where: { threadId: scope.threadId },
    _count: true,
    _max: { position: true },
    orderBy: { _max: { position: "asc" } },
  });
  expect(pieces.map(({ _count }) => _count > 1)).toEqual([true, false, false]);
  const before = await filesIn(stage.homeDir, scope);
  expect(await filesIn(await moveAway(scope), scope)).toEqual(before);
});

test("what a commit was the first to hold is there elsewhere, too", { timeout: 180_000 }, async () => {
  const scope = await stage.prompt(script(shell("echo a > a"), "Done."));
  await settled(scope);
  await writeFile(join(stage.homeDir, "worktrees", scope.threadId, "tree/by-hand"), "by hand\n");
  await commit(scope);
  expect(await thread(scope)).toMatchObject({ filesModified: 2 });
  const before = await filesIn(stage.homeDir, scope);
  expect(await filesIn(await moveAway(scope), scope)).toEqual(before);
});

test("a thread from before there were packs makes up for them, and may move then", { timeout: 180_000 }, async () => {
  const scope = await stage.prompt(script(shell("echo a > a"), shell("echo b > b"), "Done."));
  await settled(scope);
  await commit(scope);
  await stage.db.prisma.checkpointPack.deleteMany({ where: { threadId: scope.threadId } });
  await follow(scope);
  const { lastCheckpoint, headCommit } = await thread(scope);
  expect((await listPacks(scope)).map((pack) => pack.commit)).toEqual([lastCheckpoint, headCommit]);
  const before = await filesIn(stage.homeDir, scope);
  expect(await filesIn(await moveAway(scope), scope)).toEqual(before);
});
