import { getThread } from "@heddle/db/threads";
import { listTurns } from "@heddle/db/turns";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Stage, script, shell, until } from "./harness.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.startWorker();
});
afterAll(() => stage.close());

test("a loop of the same failing call is stopped, and says why", async () => {
  const failing = Array.from({ length: 9 }, () => shell("echo again >> count; exit 3"));
  const scope = await stage.prompt(script(...failing, "Done."));
  await until(async () => (await getThread(scope)).status === "failed");
  const items = await stage.db.prisma.item.findMany({
    where: { threadId: scope.threadId },
    orderBy: { createdAt: "asc" },
  });
  const ran = items.filter(({ type, status }) => type === "commandExecution" && status === "failed");
  expect(ran).toHaveLength(5);
  const [turn] = await stage.db.prisma.turn.findMany({ where: { threadId: scope.threadId } });
  expect(turn).toMatchObject({ status: "failed", errorCode: "REPEATED_FAILURE" });
  expect(JSON.stringify(items.find(({ type }) => type === "error"))).toContain(
    "The agent asked again for a call that had failed 5 times: echo again >> count; exit 3",
  );
  expect((await listTurns(scope))[0]).toMatchObject({ retryable: true });
});
