import { readOutput } from "@heddle/db/items";
import { turnScope } from "@heddle/db/run-scope";
import { beginAttempt, completeStep } from "@heddle/db/run-step";
import { claimNext } from "@heddle/db/run-turn";
import { threadScope } from "@heddle/db/scope";
import { openTestDatabase } from "@heddle/db/testing/database";
import { makeWorkspace, testProjectScope } from "@heddle/db/testing/fixtures";
import { createThread } from "@heddle/db/threads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOutputRecorder } from "../src/activities/output-recorder.ts";

let opened: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened?.close());

const data = { command: "yes", exitCode: null, output: "", outputBytes: 0, durationMs: null };

async function runningCommand() {
  const { db } = opened;
  const workspace = await makeWorkspace(db);
  const { id } = await createThread(await testProjectScope(db, workspace), { prompt: "x", visibility: "shared" });
  const claim = await claimNext(db, id);
  if (claim?.kind !== "turn") throw new Error("no turn to claim");
  const turn = await turnScope(db, claim.turnId);
  const call = { id: "1", name: "shell", arguments: "{}" };
  const tools = [{ call, type: "commandExecution" as const, data }];
  const usage = { inputTokens: 1, outputTokens: 1, costUsd: 0, estimated: false };
  const answer = { text: "", reasoning: "", finishReason: "tool_calls", tools, usage };
  const attempt = await beginAttempt(turn, 0, "demo/demo", () => usage);
  const { toolItemIds } = await completeStep(turn, 0, attempt, "demo/demo", answer);
  const reader = await threadScope(db, workspace.principals.member, id, "thread.read");
  return { db, turn, reader, itemId: toolItemIds[0] as string };
}

async function whole(reader: Parameters<typeof readOutput>[0], itemId: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readOutput(reader, itemId)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test("output is kept whole and in order", async () => {
  const { db, turn, reader, itemId } = await runningCommand();
  const recorder = createOutputRecorder(db, turn, itemId, data);
  const pieces = Array.from({ length: 300 }, (_, index) => Buffer.alloc(5_000, index));
  for (const piece of pieces) recorder.push(piece);
  await recorder.end();
  expect((await whole(reader, itemId)).equals(Buffer.concat(pieces))).toBe(true);
});

test("output without end takes neither all memory nor all disk: its beginning is kept, with a line that says so", async () => {
  const { db, turn, reader, itemId } = await runningCommand();
  const recorder = createOutputRecorder(db, turn, itemId, data, { maxBytes: 100_000 });
  for (let index = 0; index < 1_000; index += 1) recorder.push(Buffer.alloc(3_000, "y"));
  await recorder.end();
  const kept = (await whole(reader, itemId)).toString();
  expect(kept.slice(0, 100_000) === "y".repeat(100_000)).toBe(true);
  expect(kept.slice(100_000, 101_000)).toBe("\n[the output goes on; only its first 100000 bytes are kept]\n");
});
