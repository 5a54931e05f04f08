import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { diff } from "@heddle/agent/git/read";
import { openStore } from "@heddle/agent/git/store";
import { userGit } from "@heddle/agent/git/testing/project";
import { readJob, requestCommit, requestCommitMessage } from "@heddle/db/jobs";
import type { ThreadScope } from "@heddle/db/scope";
import { threadScope } from "@heddle/db/scope";
import { getThread } from "@heddle/db/threads";
import { sendTurn } from "@heddle/db/turns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await stage.startWorker();
});
afterAll(() => stage?.close());

const inWorktree = (scope: ThreadScope, path: string) => join(stage.homeDir, "worktrees", scope.threadId, "tree", path);

async function commitOf(scope: ThreadScope, message?: string) {
  const allowed = await threadScope(stage.db, scope.principal, scope.threadId, "thread.commit");
  const { jobId } = await requestCommit(allowed, { message });
  await stage.poke(scope.threadId);
  const done = await until(async () => {
    const job = await readJob(allowed, jobId);
    return job.status === "done" && job;
  });
  return done.output as { commit: string; branch: string };
}

describe("a thread", () => {
  test("goes from prompt to idle by itself, with its items, checkpoint, diff and title", async () => {
    const scope = await stage.prompt(
      script({ text: "I look.", calls: [shell("cat src/a.txt; echo three >> src/a.txt")] }, "All done."),
    );
    const thread = await settled(scope);
    expect(thread).toMatchObject({ status: "idle", filesModified: 1, additions: 1, deletions: 0 });
    const items = await itemsOf(scope);
    expect(items.map((item) => [item.type, item.status])).toEqual([
      ["userMessage", "completed"],
      ["agentMessage", "completed"],
      ["commandExecution", "completed"],
      ["agentMessage", "completed"],
    ]);
    expect(items[2]).toMatchObject({ exitCode: 0, output: "one\ntwo\n" });
    expect(await readFile(inWorktree(scope, "src/a.txt"), "utf8")).toBe("one\ntwo\nthree\n");
    const store = openStore(stage.homeDir, stage.workspace.projectId);
    const files = await diff(store.threadsDir, thread.baseCommit as string, thread.lastCheckpoint as string);
    expect(files.map((file) => [file.path, file.additions])).toEqual([["src/a.txt", 1]]);
    expect((await getThread(scope)).usage.inputTokens).toBeGreaterThan(0);
  });

  test("takes follow-ups in order, in the same worktree", async () => {
    const scope = await stage.prompt(script(shell("echo 1 >> order.txt"), "First."));
    await sendTurn(scope, { prompt: script(shell("echo 2 >> order.txt"), "Second.") });
    await sendTurn(scope, { prompt: script(shell("echo 3 >> order.txt"), "Third.") });
    await settled(scope);
    expect(await readFile(inWorktree(scope, "order.txt"), "utf8")).toBe("1\n2\n3\n");
    const answers = (await itemsOf(scope)).filter((item) => item.type === "agentMessage");
    expect(answers.map((item) => item.text)).toEqual(["First.", "Second.", "Third."]);
  });

  test("is committed once, by its member, and the agent finds the commit in its worktree", async () => {
    const scope = await stage.prompt(script(shell("echo new > new.txt"), "Done."));
    await settled(scope);
    const allowed = await threadScope(stage.db, scope.principal, scope.threadId, "thread.commit");
    const suggestion = await requestCommitMessage(allowed);
    await stage.poke(scope.threadId);
    const suggested = await until(async () => {
      const job = await readJob(allowed, suggestion.jobId);
      return job.status === "done" && (job.output as { message: string }).message;
    });
    const { commit, branch } = await commitOf(scope, suggested);
    const { threadsDir } = openStore(stage.homeDir, stage.workspace.projectId);
    const show = await userGit(threadsDir, "-c", "safe.directory=*", "show", "-s", "--format=%an%n%B", branch);
    expect(show).toContain(scope.principal.name);
    expect(show).toContain(`Heddle-Thread: ${scope.threadId}`);
    expect(show).toContain("Heddle-Model: demo/scenario-tools");
    expect((await getThread(scope)).headCommit).toBe(commit);
    await expect(commitOf(scope, "Again")).rejects.toMatchObject({ code: "NOTHING_TO_COMMIT" });
    await sendTurn(scope, { prompt: script(shell("git log -1 --format=%H; git status --short"), "Seen.") });
    await stage.poke(scope.threadId);
    await settled(scope);
    const looked = (await itemsOf(scope)).findLast((item) => item.type === "commandExecution");
    expect(looked).toMatchObject({ output: `${commit}\n` });
  });

  test("that is working is not committed", async () => {
    const scope = await stage.prompt(script(shell("sleep 1"), "Done."));
    await expect(commitOf(scope, "Now")).rejects.toMatchObject({ code: "THREAD_BUSY" });
    await settled(scope);
    await expect(commitOf(scope, "Nothing")).rejects.toMatchObject({ code: "NOTHING_TO_COMMIT" });
  });

  test("gets back as data what a model gets wrong", async () => {
    const malformed = await stage.prompt("Go on.", "demo/scenario-malformed");
    const unknown = await stage.prompt("Go on.", "demo/scenario-unknown-tool");
    for (const scope of [malformed, unknown]) {
      expect((await settled(scope)).status).toBe("idle");
      expect((await itemsOf(scope)).some((item) => item.status === "failed")).toBe(true);
    }
  });
});

describe("a model that fails", () => {
  test.each([
    ["demo/scenario-429", "times=1 retryAfter=0"],
    ["demo/scenario-500", "times=2"],
    ["demo/scenario-cut", "times=1 after=2"],
  ])("is asked again: %s", async (model, parameters) => {
    const scope = await stage.prompt(`${parameters} ${script("The answer comes whole in the end.")}`, model);
    expect((await settled(scope)).status).toBe("idle");
    const answers = (await itemsOf(scope)).filter((item) => item.type === "agentMessage");
    expect(answers.map((item) => item.text)).toEqual(["The answer comes whole in the end."]);
  });

  test.each(["demo/scenario-400", "demo/scenario-401"])("for good ends the turn with the reason: %s", async (model) => {
    const scope = await stage.prompt("Go on.", model);
    expect((await settled(scope)).status).toBe("failed");
    expect((await itemsOf(scope)).at(-1)).toMatchObject({ type: "error", code: "MODEL_REFUSED", retryable: false });
    await sendTurn(scope, { prompt: script("Better."), model: "demo/scenario-tools" });
    await stage.poke(scope.threadId);
    expect((await settled(scope)).status).toBe("idle");
  });
});

describe("a project", () => {
  test("whose source has vanished still works from what was fetched, and says so", async () => {
    await rename(stage.sourceDir, `${stage.sourceDir}-gone`);
    const scope = await stage.prompt(script(shell("ls"), "Done."));
    expect((await settled(scope)).status).toBe("idle");
    const project = await stage.db.prisma.project.findUniqueOrThrow({ where: { id: stage.workspace.projectId } });
    expect(project).toMatchObject({ status: "ready", reason: expect.stringContaining("no longer there") });
    await rename(`${stage.sourceDir}-gone`, stage.sourceDir);
  });
});
