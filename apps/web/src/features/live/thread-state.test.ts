import { describe, expect, it } from "vitest";
import { applyEvents, emptyThread, type LiveItem, type ThreadEvent } from "./thread-state.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const base = (id: string, turnId: string, step: number, seq: number, second: number) =>
  ({ id, turnId, step, seq, createdAt: at(second), completedAt: null }) as const;

function prompt(turnId: string, seq: number, second: number): LiveItem {
  const fields = base(`${turnId}/user`, turnId, -1, seq, second);
  return { ...fields, type: "userMessage", status: "completed", text: "Go", author: { name: "Ada" } };
}

function message(turnId: string, step: number, seq: number, text: string, status: LiveItem["status"]): LiveItem {
  return {
    ...base(`${turnId}/${step}`, turnId, step, seq, 20),
    type: "agentMessage",
    status,
    text,
    model: "demo/demo",
  };
}

function command(turnId: string, step: number, index: number, seq: number): LiveItem {
  const fields = base(`${turnId}/${step}/${index}`, turnId, step, seq, 21);
  return { ...fields, type: "commandExecution", status: "running", command: "npm test" };
}

const item = (value: LiveItem): ThreadEvent => ({ type: "item", item: value });
const ids = (events: ThreadEvent[]) => applyEvents(emptyThread, events).items.map(({ id }) => id);
const textOf = (value: LiveItem | undefined) => (value?.type === "agentMessage" ? value.text : undefined);

describe("applyEvents", () => {
  it("puts a wait for the model before what it answered at last", () => {
    const wait: LiveItem = {
      ...base("t/0/wait", "t", 0, 2, 30),
      type: "notice",
      status: "completed",
      kind: "modelWait",
      message: "It is asked again after 30 s.",
    };
    expect(ids([item(prompt("t", 1, 0)), item(wait), item(message("t", 0, 3, "At last", "completed"))])).toEqual([
      "t/user",
      "t/0/wait",
      "t/0",
    ]);
  });

  it("keeps one item per id, the one with the higher seq", () => {
    const newer = message("t1", 0, 5, "new", "completed");
    const older = message("t1", 0, 3, "old", "completed");
    expect(applyEvents(emptyThread, [item(newer), item(older)]).items).toEqual([newer]);
    expect(applyEvents(emptyThread, [item(older), item(newer)]).items).toEqual([newer]);
  });

  it("remembers the last change, from items and from the thread", () => {
    const first = applyEvents(emptyThread, [item(prompt("t1", 4, 0))]);
    expect(first).toMatchObject({ seq: 4, loaded: false });
    expect(applyEvents(first, [{ type: "caughtUp", seq: 9 }])).toMatchObject({ seq: 9, loaded: true });
  });

  it("appends deltas to running texts and output, and clears them on reset", () => {
    const events: ThreadEvent[] = [
      item(message("t1", 0, 1, "", "running")),
      item(command("t1", 0, 0, 2)),
      { type: "delta", itemId: "t1/0", text: "Hel" },
      { type: "delta", itemId: "t1/0", text: "lo" },
      { type: "delta", itemId: "t1/0/0", text: "ok 1\n" },
    ];
    const state = applyEvents(emptyThread, events);
    expect(textOf(state.items[0])).toBe("Hello");
    expect(state.items[1]).toMatchObject({ output: "ok 1\n" });
    const again: ThreadEvent[] = [
      { type: "reset", itemId: "t1/0" },
      { type: "delta", itemId: "t1/0", text: "Anew" },
    ];
    expect(textOf(applyEvents(state, again).items[0])).toBe("Anew");
  });

  it("leaves ended and unknown items alone", () => {
    const state = applyEvents(emptyThread, [item(message("t1", 0, 1, "Done", "completed"))]);
    const late: ThreadEvent[] = [
      { type: "delta", itemId: "t1/0", text: "!" },
      { type: "reset", itemId: "t1/0" },
      { type: "delta", itemId: "nobody", text: "?" },
    ];
    expect(applyEvents(state, late).items).toEqual(state.items);
  });

  it("keeps untouched items identical, so that only what changed is drawn again", () => {
    const state = applyEvents(emptyThread, [item(prompt("t1", 1, 0)), item(message("t1", 0, 2, "", "running"))]);
    const next = applyEvents(state, [{ type: "delta", itemId: "t1/0", text: "x" }]);
    expect(next.items[0]).toBe(state.items[0]);
    expect(next.items[1]).not.toBe(state.items[1]);
  });

  it("groups by turn in the order of the prompts, though a follow-up was queued in between", () => {
    const followUp = prompt("a-later-turn-with-a-smaller-id", 2, 5);
    const first = prompt("t1", 1, 0);
    const answer = message("t1", 0, 3, "", "running");
    expect(ids([item(first), item(followUp), item(answer)])).toEqual([first.id, answer.id, followUp.id]);
  });

  it("orders a step as reasoning, text, tools by number, and errors last", () => {
    const reasoning: LiveItem = {
      ...base("t1/1/reasoning", "t1", 1, 9, 22),
      type: "reasoning",
      status: "completed",
      text: "Hm",
    };
    const error: LiveItem = {
      ...base("t1/error", "t1", 1_000_000, 12, 30),
      type: "error",
      status: "failed",
      code: "MODEL_FAILED",
      message: "No answer",
    };
    const given = [
      error,
      command("t1", 1, 10, 8),
      command("t1", 1, 2, 7),
      reasoning,
      message("t1", 1, 6, "", "running"),
    ];
    const order = ["t1/user", "t1/1/reasoning", "t1/1", "t1/1/2", "t1/1/10", "t1/error"];
    expect(ids([...given, prompt("t1", 1, 0)].map(item))).toEqual(order);
  });

  it("puts what happened around a step in the order of its times", () => {
    const notice: LiveItem = {
      ...base("t1/notice/1", "t1", -1, 9, 40),
      type: "notice",
      status: "completed",
      kind: "setupSkipped",
      message: "Ada goes on without",
    };
    const setup: LiveItem = { ...command("t1", -1, 0, 2), id: "t1/setup/1" };
    const dev = { ...command("t1", -1, 0, 3), id: "dev/1", purpose: "dev" as const };
    const order = ["t1/user", "t1/setup/1", "t1/notice/1", "t1/0", "dev/1"];
    const answer = message("t1", 0, 6, "", "running");
    expect(ids([notice, dev, setup, answer, prompt("t1", 1, 0)].map(item))).toEqual(order);
  });

  it("gives the same whatever the connection repeated", () => {
    const events = [
      item(prompt("t1", 1, 0)),
      item(message("t1", 0, 2, "Hi", "completed")),
      item(command("t1", 0, 0, 3)),
    ];
    const once = applyEvents(emptyThread, events);
    expect(applyEvents(applyEvents(emptyThread, events), events.slice(1))).toEqual(once);
  });
});
