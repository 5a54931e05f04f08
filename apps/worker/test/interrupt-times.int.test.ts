import { processesWith, sleepMarker } from "@heddle/agent/sandbox/testing/sandbox-home";
import { interruptTurn } from "@heddle/db/interrupts";
import type { ThreadScope } from "@heddle/db/scope";
import { sendTurn } from "@heddle/db/turns";
import { afterAll, beforeAll, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";

const runs = 5;
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await stage.startWorker();
});
afterAll(() => stage?.close());

/** Is asked as often as the machine bears it: half of what it takes is the measure's own error. */
async function closely(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}

type Measured = { start(scope: ThreadScope): Promise<() => Promise<boolean>>; model: string };

/** Begins a turn and waits until it is in the middle; the result tells whether what it began is over. */
const kinds: Record<string, Measured> = {
  "a model's stream": {
    model: "demo/scenario-slow",
    async start(scope) {
      await sendTurn(scope, { prompt: `tokens=5000 delay=10 nonce=${sleepMarker()}`, model: "demo/scenario-slow" });
      await stage.poke(scope.threadId);
      const { id } = await until(async () =>
        (await itemsOf(scope)).find((item) => item.type === "agentMessage" && item.status === "running"),
      );
      return async () => (await stage.db.prisma.item.count({ where: { id, status: "interrupted" } })) === 1;
    },
  },
  "a command": { model: "demo/scenario-tools", start: (scope) => startCommand(scope, (marker) => `sleep ${marker}`) },
  "a command that ignores signals and hides its processes": {
    model: "demo/scenario-tools",
    start: (scope) =>
      startCommand(
        scope,
        (marker) =>
          `trap '' TERM INT HUP; (setsid bash -c "trap '' TERM; (sleep ${marker} &); sleep ${marker}" > /dev/null 2>&1 &); sleep ${marker}`,
      ),
  },
};

async function startCommand(scope: ThreadScope, text: (marker: string) => string) {
  const marker = sleepMarker();
  await sendTurn(scope, { prompt: script(shell(text(marker)), "Done."), model: "demo/scenario-tools" });
  await stage.poke(scope.threadId);
  await until(async () => (await processesWith(`sleep\0${marker}`)).length > 0);
  return async () => (await processesWith(marker)).length === 0;
}

const figures = (times: number[]) => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]?.toFixed(0);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms`;
};

test.each(Object.entries(kinds))("%s ends soon after an interrupt; prints when", async (name, { start, model }) => {
  const scope = await stage.prompt(script("Ready."), model);
  await settled(scope);
  const ended: number[] = [];
  const atRest: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const isOver = await start(scope);
    const from = performance.now();
    await interruptTurn(scope);
    const poked = stage.poke(scope.threadId);
    await closely(isOver);
    ended.push(performance.now() - from);
    await poked;
    expect((await settled(scope)).status).toBe("idle");
    atRest.push(performance.now() - from);
  }
  console.info(`${name}, ${runs} interrupts: over ${figures(ended)}; the thread at rest ${figures(atRest)}`);
});
