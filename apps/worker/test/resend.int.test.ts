import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { goBack } from "@heddle/agent/git/go-back";
import { openStore } from "@heddle/agent/git/store";
import { beginGoBack, readGoBack } from "@heddle/db/go-back";
import { resendTurn, retryTurn } from "@heddle/db/retry";
import type { ThreadScope } from "@heddle/db/scope";
import { claimTestTurn } from "@heddle/db/testing/turns";
import { getThread } from "@heddle/db/threads";
import { listTurns, sendTurn } from "@heddle/db/turns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WorkerHandle } from "../src/worker.ts";
import { itemsOf, openStage, type Stage, script, settled, shell } from "./harness.ts";

let stage: Stage;
let worker: WorkerHandle;

beforeAll(async () => {
  stage = await openStage();
  worker = await stage.startWorker();
});
afterAll(() => stage?.close());

const look = "cat one.txt two.txt three.txt ignored.log 2>&1; git status --short";

async function follow(scope: ThreadScope, ...steps: unknown[]) {
  await sendTurn(scope, { prompt: script(...steps) });
  await stage.poke(scope.threadId);
  return settled(scope);
}

/** Three turns, each of which leaves a file. */
async function threeTurns() {
  const scope = await stage.prompt(
    script(
      shell("echo 1 > one.txt; echo '*.log' >> .git/info/exclude; echo '*.log' > .gitignore; echo i > ignored.log"),
      "One.",
    ),
  );
  await settled(scope);
  await follow(scope, shell("echo 2 > two.txt; echo changed > one.txt"), "Two.");
  const thread = await follow(scope, shell("echo 3 > three.txt; rm one.txt"), "Three.");
  const [first, second] = await listTurns(scope);
  return { scope, first: first?.id as string, second: second?.id as string, last: thread.lastCheckpoint as string };
}

async function resend(scope: ThreadScope, turnId: string, restoreFiles: boolean, ...steps: unknown[]) {
  await resendTurn(scope, { turnId, prompt: script(...steps), restoreFiles });
  await stage.poke(scope.threadId);
  return settled(scope);
}

const output = async (scope: ThreadScope) =>
  (await itemsOf(scope)).findLast((item) => item.type === "commandExecution");

const treeOf = (scope: ThreadScope) => join(stage.homeDir, "worktrees", scope.threadId, "tree");

describe("an edited prompt", () => {
  test("with the files put back finds them as they were; what was there is kept and named", async () => {
    const { scope, second, last } = await threeTurns();
    const thread = await resend(scope, second, true, shell(look), "Seen.");
    expect(await output(scope)).toMatchObject({
      output: expect.stringMatching(/^1\ncat: two.txt: .*\ncat: three.txt: .*\ni\n/),
    });
    expect(thread.filesModified).toBe(2);
    const notice = (await itemsOf(scope)).find((item) => item.type === "notice");
    expect(notice).toMatchObject({ kind: "filesRestored", checkpoint: last, status: "completed" });
    const turns = await listTurns(scope);
    expect(turns.map(({ status, changed }) => [status, changed])).toEqual([
      ["completed", true],
      ["superseded", true],
      ["superseded", true],
      ["completed", false],
    ]);
  });

  test("without it finds the files as they are", async () => {
    const { scope, second } = await threeTurns();
    await resend(scope, second, false, shell("ls *.txt"), "Seen.");
    expect(await output(scope)).toMatchObject({ output: "three.txt\ntwo.txt\n" });
    expect((await itemsOf(scope)).some((item) => item.type === "notice")).toBe(false);
  });

  test("keeps what a person has changed in the worktree since the last checkpoint", async () => {
    const { scope, first } = await threeTurns();
    await writeFile(join(treeOf(scope), "two.txt"), "by hand\n");
    await resend(scope, first, true, shell("ls *.txt; cat .gitignore"), "Seen.");
    expect(await output(scope)).toMatchObject({ output: expect.stringContaining("ls: cannot access '*.txt'") });
    const notice = (await itemsOf(scope)).find((item) => item.type === "notice");
    const kept = notice?.type === "notice" ? notice.checkpoint : undefined;
    const sandbox = await openSandbox(scope);
    const store = openStore(stage.homeDir, stage.workspace.projectId);
    const from = (await getThread(scope)).lastCheckpoint as string;
    await goBack(sandbox, store, { threadId: scope.threadId, from, to: kept as string });
    expect(await readFile(join(treeOf(scope), "two.txt"), "utf8")).toBe("by hand\n");
  });

  test("that fails after its files were put back does not put them back again when it is tried again", async () => {
    const { scope, second } = await threeTurns();
    await resendTurn(scope, {
      turnId: second,
      prompt: script(shell("echo new > new.txt"), "x"),
      model: "demo/scenario-401",
      restoreFiles: true,
    });
    await stage.poke(scope.threadId);
    expect((await settled(scope)).status).toBe("failed");
    await writeFile(join(treeOf(scope), "since.txt"), "since\n");
    await retryTurn(scope);
    await stage.poke(scope.threadId);
    await settled(scope);
    expect(await readFile(join(treeOf(scope), "since.txt"), "utf8")).toBe("since\n");
    expect((await itemsOf(scope)).filter((item) => item.type === "notice")).toHaveLength(1);
  });

  test.each(["before", "after"] as const)(
    "whose worker dies %s the files are changed has them put back by the next one, and nothing is lost",
    async (moment) => {
      const { scope, second, last } = await threeTurns();
      worker.stop();
      await worker.done;
      await resendTurn(scope, { turnId: second, prompt: script(shell(look), "Seen."), restoreFiles: true });
      const turn = await claimTestTurn(stage.db, scope.threadId);
      await beginGoBack(turn, last);
      if (moment === "after") {
        const sandbox = await openSandbox(scope);
        const store = openStore(stage.homeDir, stage.workspace.projectId);
        const asked = await readGoBack(turn);
        await goBack(sandbox, store, { threadId: scope.threadId, from: last, to: asked?.to as string });
        await writeFile(join(treeOf(scope), "two.txt"), "half-way\n");
      }
      worker = await stage.startWorker();
      await stage.poke(scope.threadId);
      expect(await settled(scope)).toMatchObject({ status: "idle", filesModified: 2 });
      expect(await output(scope)).toMatchObject({ output: expect.stringMatching(/^1\ncat: two.txt: /) });
      const notices = (await itemsOf(scope)).filter((item) => item.type === "notice");
      expect(notices).toMatchObject([{ status: "completed", checkpoint: last }]);
    },
  );
});

function openSandbox(scope: ThreadScope) {
  return stage.sandboxes.open({
    threadId: scope.threadId,
    worktreeDir: join(stage.homeDir, "worktrees", scope.threadId),
    upstreamDir: join(stage.homeDir, "repos", stage.workspace.projectId, "upstream.git"),
  });
}
