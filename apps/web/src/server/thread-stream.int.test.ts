import { finishTurn } from "@heddle/db/finish-turn";
import { listItems } from "@heddle/db/items";
import { logDecisions, newDecision } from "@heddle/db/network-decisions";
import { type ThreadScope, threadScope, workspaceScope } from "@heddle/db/scope";
import { makeWorkspace, type TestWorkspace, testProjectScope } from "@heddle/db/testing/fixtures";
import { createThread } from "@heddle/db/threads";
import { revokeToken } from "@heddle/db/tokens";
import { editQueued } from "@heddle/db/turn-queue";
import { sendTurn } from "@heddle/db/turns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actCommandStart, actStep, claimTurn, endTurn } from "../testing/acting-worker.ts";
import { type EventClient, openEvents, type ReceivedEvent } from "../testing/event-client.ts";
import { startTestStack, type TestStack } from "../testing/test-stack.ts";
import { personalToken } from "../testing/tokens.ts";

let stack: TestStack;
let workspace: TestWorkspace;
let token: string;

beforeAll(async () => {
  stack = await startTestStack();
  workspace = await makeWorkspace(stack.runtime.db);
  token = (await personalToken(stack.runtime.db, workspace, workspace.principals.member)).token;
});
afterAll(() => stack.close());

async function newThread(): Promise<ThreadScope> {
  const { db } = stack.runtime;
  const thread = await createThread(await testProjectScope(db, workspace), { prompt: "Go", visibility: "shared" });
  return threadScope(db, workspace.principals.member, thread.id, "thread.prompt");
}

const bearer = (value = token) => ({ authorization: `Bearer ${value}` });
const events = (threadId: string, headers: Record<string, string> = {}, query = "") =>
  openEvents(`${stack.url}/api/v1/threads/${threadId}/events${query}`, { ...bearer(), ...headers });

const isIdle = (all: ReceivedEvent[]) => all.some(({ event, data }) => event === "thread" && data.status === "idle");

/** A client as the contract describes it: it appends, resets, and takes whole items as they come. */
function createReader() {
  const texts = new Map<string, string>();
  const seen = new Set<string>();
  let last = 0;
  let repeated = 0;
  let disordered = 0;
  let broken = 0;
  return {
    texts,
    lastId: () => last,
    faults: () => ({ repeated, disordered, broken }),
    seen,
    take({ event, id, data }: ReceivedEvent) {
      if (id !== null) {
        if (id < last) disordered += 1;
        last = id;
      }
      if (event === "item") {
        const change = `${data.id}@${data.seq}`;
        if (seen.has(change)) repeated += 1;
        seen.add(change);
        if (data.status !== "running" && data.type === "agentMessage") {
          // What was appended so far must be how the message begins.
          if (!String(data.text).startsWith(texts.get(String(data.id)) ?? "")) broken += 1;
          texts.set(String(data.id), String(data.text));
        }
      }
      const itemId = String(data.itemId);
      if (event === "reset") texts.set(itemId, "");
      if (event === "delta") texts.set(itemId, (texts.get(itemId) ?? "") + data.text);
    },
  };
}

type Reader = ReturnType<typeof createReader>;

/** Watches until idle, cutting the connection after a random number of events each time. */
async function watchWithCuts(threadId: string, reader: Reader, random: () => number): Promise<number> {
  for (let cuts = 0; ; cuts += 1) {
    const resume = reader.lastId() > 0 ? { "last-event-id": String(reader.lastId()) } : {};
    const client = await events(threadId, resume as Record<string, string>);
    const limit = 1 + Math.floor(random() * 25);
    await client.until((all) => all.length >= limit || isIdle(all));
    client.cut();
    await client.ended;
    const taken = isIdle(client.events) ? client.events : client.events.slice(0, limit);
    for (const event of taken) reader.take(event);
    if (isIdle(taken)) return cuts;
  }
}

/** Numbers between 0 and 1, the same in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pieces = (count: number, word: string) => Array.from({ length: count }, (_, index) => `${word}${index} 🧵 `);

describe("the events of a thread", () => {
  test("two clients, cut at random points, get every change once, in order, and every text whole", async () => {
    const scope = await newThread();
    const steady = createReader();
    const steadyClient = await events(scope.threadId);
    const first = createReader();
    const second = createReader();
    const watching = [
      watchWithCuts(scope.threadId, first, seeded(1)),
      watchWithCuts(scope.threadId, second, seeded(2)),
    ];

    const turn = await claimTurn(stack.runtime.db, scope.threadId);
    for (let step = 0; step < 4; step += 1) {
      const attempts = step === 2 ? [pieces(20, "cut"), pieces(30, "whole")] : [pieces(30, `step${step}-`)];
      await actStep(turn, step, { attempts, pauseMs: 4, saveEvery: 10 });
    }
    await endTurn(turn);
    const cuts = await Promise.all(watching);
    await steadyClient.until(isIdle);
    for (const event of steadyClient.events) steady.take(event);
    steadyClient.cut();

    expect(Math.min(...cuts)).toBeGreaterThan(3);
    const { items } = await listItems(scope, { after: 0 });
    const messages = new Map(
      items.flatMap((item) => (item.type === "agentMessage" ? [[item.id, item.text] as const] : [])),
    );
    expect(messages.size).toBe(4);
    for (const reader of [steady, first, second]) {
      expect(reader.faults()).toEqual({ repeated: 0, disordered: 0, broken: 0 });
      for (const item of items) expect(reader.seen).toContain(`${item.id}@${item.seq}`);
      expect(reader.texts).toEqual(messages);
    }
  });

  test("say that the log of connections has grown", async () => {
    const scope = await newThread();
    const client = await events(scope.threadId);
    await client.until((all) => all.some(({ event }) => event === "thread"));
    const decision = newDecision({ list: "commands", host: "a.test", port: 443, reason: null });
    await logDecisions(stack.runtime.db, scope.threadId, [decision]);
    await client.until((all) => all.some(({ event }) => event === "network"));
    client.cut();
  });

  test("texts alone, appended and reset, are whole at any moment of a steady client", async () => {
    const scope = await newThread();
    const client = await events(scope.threadId);
    const turn = await claimTurn(stack.runtime.db, scope.threadId);
    const itemId = `${turn.turnId}/0`;
    const answer = pieces(40, "w");
    await actStep(turn, 0, { attempts: [answer], pauseMs: 2, saveEvery: 15 });
    await client.until((all) =>
      all.some(({ event, data }) => event === "item" && data.id === itemId && data.status === "completed"),
    );
    const deltas = client.events.filter(({ event, data }) => event === "delta" && data.itemId === itemId);
    const streamed = deltas.map(({ data }) => data.text).join("");
    expect(answer.join("").startsWith(streamed)).toBe(true);
    expect(deltas.length).toBeGreaterThan(10);
    client.cut();
  });

  test("lost hints are healed from the row", async () => {
    const scope = await newThread();
    const client = await events(scope.threadId);
    const turn = await claimTurn(stack.runtime.db, scope.threadId);
    const itemId = `${turn.turnId}/0`;
    const answer = pieces(60, "w");
    const acting = actStep(turn, 0, { attempts: [answer], pauseMs: 25, saveEvery: 5, sends: (piece) => piece % 7 < 3 });
    const textOf = (all: ReceivedEvent[]) =>
      all
        .flatMap(({ event, data }) => (event === "delta" && data.itemId === itemId ? [String(data.text)] : []))
        .join("");
    await client.until((all) => textOf(all).includes("w40 "));
    expect(answer.join("").startsWith(textOf(client.events))).toBe(true);
    await acting;
    client.cut();
  });

  test("a newcomer in mid-answer gets the text so far, and one that appends is right", async () => {
    const scope = await newThread();
    const turn = await claimTurn(stack.runtime.db, scope.threadId);
    const itemId = `${turn.turnId}/0`;
    const answer = pieces(80, "w");
    const early = await events(scope.threadId);
    const acting = actStep(turn, 0, { attempts: [answer], pauseMs: 10, saveEvery: 3 });
    await early.until((all) => all.filter(({ event }) => event === "delta").length > 20);
    const lastId = Math.max(...early.events.map(({ id }) => id ?? 0));
    const late = await events(scope.threadId, {}, `?after=${lastId}`);
    await acting;
    await late.until((all) =>
      all.some(({ event, data }) => event === "item" && data.id === itemId && data.status === "completed"),
    );
    const resumed = late.events.filter(({ event, data }) => event !== "thread" && (data.itemId ?? data.id) === itemId);
    expect(resumed[0]).toMatchObject({ event: "reset" });
    const streamed = resumed.flatMap(({ event, data }) => (event === "delta" ? [data.text] : [])).join("");
    expect(answer.join("").startsWith(streamed)).toBe(true);
    expect(streamed.startsWith("w0 ")).toBe(true);
    early.cut();
    late.cut();
  });

  test("a command's output is streamed while it runs", async () => {
    const { db } = stack.runtime;
    const scope = await newThread();
    const turn = await claimTurn(db, scope.threadId);
    const itemId = await actCommandStart(turn, 0);
    const client = await events(scope.threadId);
    await client.until((all) => all.some(({ event, data }) => event === "item" && data.id === itemId));
    let offset = 0;
    for (const text of ["one\n", "two\n"]) {
      db.publisher.send({ k: "delta", t: scope.threadId, i: itemId, attempt: 0, offset, text });
      offset += text.length;
    }
    const outputOf = (all: ReceivedEvent[]) =>
      all.flatMap(({ event, data }) => (event === "delta" && data.itemId === itemId ? [data.text] : [])).join("");
    await client.until((all) => outputOf(all) === "one\ntwo\n");
    client.cut();
  });

  test("`after` beyond what there is waits; nonsense is refused", async () => {
    const scope = await newThread();
    const client = await events(scope.threadId, {}, "?after=1");
    await client.until((all) => all.length > 0);
    expect(client.events.map(({ event }) => event)).toEqual(["thread"]);
    await endTurn(await claimTurn(stack.runtime.db, scope.threadId));
    await sendTurn(scope, { prompt: "More" });
    await client.until((all) => all.some(({ data }) => data.text === "More"));
    client.cut();
    expect((await events(scope.threadId, {}, "?after=x")).status).toBe(400);
    expect((await events(scope.threadId, { "last-event-id": "-1" })).status).toBe(400);
    expect((await events("none")).status).toBe(404);
    expect((await openEvents(`${stack.url}/api/v1/threads/${scope.threadId}/events`, {})).status).toBe(401);
  });

  test("a prompt that waits is told of with the thread, and comes as an item when its turn begins", async () => {
    const { db } = stack.runtime;
    const scope = await newThread();
    const turn = await claimTurn(db, scope.threadId);
    const client = await events(scope.threadId);
    await client.until((all) => all.some(({ event }) => event === "thread"));
    const version = () => Number(client.events.findLast(({ event }) => event === "thread")?.data.turnsVersion);
    const before = version();
    const { turnId } = await sendTurn(scope, { prompt: "More" });
    await client.until((all) => all.some(({ data }) => data.queuedTurns === 1));
    await editQueued(scope, { turnId, prompt: "Else" });
    await client.until(() => version() === before + 2);
    expect(client.events.filter(({ event }) => event === "item")).toHaveLength(1);
    await endTurn(turn);
    await claimTurn(db, scope.threadId);
    await client.until((all) => all.some(({ data }) => data.text === "Else"));
    const seqs = client.events.flatMap(({ event, id }) => (event === "item" ? [id] : []));
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => Number(a) - Number(b)));
    client.cut();
  });

  test("a revoked token ends the stream", async () => {
    const { db } = stack.runtime;
    const scope = await newThread();
    const { id, token: lost } = await personalToken(db, workspace, workspace.principals.viewer);
    const client = await events(scope.threadId, bearer(lost));
    await client.until((all) => all.length > 0);
    await revokeToken(await workspaceScope(db, workspace.principals.owner, workspace.id, "token.manage"), id);
    await client.ended;
    expect((await events(scope.threadId, bearer(lost))).status).toBe(401);
  });
});

describe("the stream of a tab", () => {
  const tab = (query: string, of = token): Promise<EventClient> =>
    openEvents(`${stack.url}/api/stream${query}`, bearer(of));

  test("tells of the workspace and of the open thread", async () => {
    const scope = await newThread();
    const client = await tab(`?threadId=${scope.threadId}&after=0`);
    await client.until((all) => all.some(({ event }) => event === "item"));
    await newThread();
    await client.until((all) => all.some(({ event }) => event === "workspace"));
    await endTurn(await claimTurn(stack.runtime.db, scope.threadId));
    await sendTurn(scope, { prompt: "More" });
    await client.until((all) => all.some(({ data }) => data.text === "More"));
    client.cut();
  });

  test("tells of an inbox only whose it is", async () => {
    const { db } = stack.runtime;
    const viewer = await personalToken(db, workspace, workspace.principals.viewer);
    const [own, others] = await Promise.all([tab(""), tab("", viewer.token)]);
    const { threadId } = await newThread();
    const claim = await claimTurn(db, threadId);
    await finishTurn(db, threadId, claim.turnId, { status: "failed", code: "MODEL_FAILED" });
    await own.until((all) => all.some(({ event }) => event === "inbox"));
    await others.until((all) => all.some(({ event }) => event === "workspace"));
    expect(others.events.some(({ event }) => event === "inbox")).toBe(false);
    own.cut();
    others.cut();
  });

  test("without a thread it tells of the workspace alone; a foreign thread is not found", async () => {
    const other = await makeWorkspace(stack.runtime.db);
    const client = await tab("");
    expect((await tab("?threadId=none")).status).toBe(404);
    expect((await tab(`?workspaceId=${other.id}`)).status).toBe(404);
    await newThread();
    await client.until((all) => all.length > 0);
    expect(client.events.every(({ event }) => event === "workspace")).toBe(true);
    client.cut();
  });
});

test("streams end when the process is to stop", async () => {
  const scope = await newThread();
  const client = await events(scope.threadId);
  await client.until((all) => all.length > 0);
  await stack.runtime.close();
  await client.ended;
});
