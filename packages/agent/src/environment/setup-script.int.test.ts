import { afterEach, beforeEach, expect, test } from "vitest";
import { createSandboxHome, processesWith, type SandboxHome, sleepMarker } from "../sandbox/testing/sandbox-home.ts";
import type { Sandbox } from "../sandbox/types.ts";
import { runSetupScript } from "./setup-script.ts";

let home: SandboxHome;
let sandbox: Sandbox;

beforeEach(async () => {
  home = await createSandboxHome();
  sandbox = await home.open("t");
});
afterEach(() => home.dispose());

test("runs in the root of the worktree, without input, and ends well", async () => {
  const chunks: Buffer[] = [];
  const result = await runSetupScript(sandbox, "pwd\nread line || echo none >&2\n", {
    onOutput: (chunk) => chunks.push(chunk),
  });
  expect(result).toMatchObject({ outcome: "completed", exitCode: 0, problem: null, output: "/workspace\nnone\n" });
  expect(Buffer.concat(chunks).toString()).toBe(result.output);
});

test.each([
  ["a command that fails", "false; echo on", 1],
  ["a variable that is not set", 'echo "$NOT_SET"; echo on', 1],
  ["an exit of its own", "echo why; exit 9", 9],
  ["a script that bash cannot read", "if then", 2],
])("ends at %s", async (_what, script, exitCode) => {
  const result = await runSetupScript(sandbox, script);
  expect(result).toMatchObject({ outcome: "failed", exitCode, problem: expect.stringContaining(`code ${exitCode}`) });
  expect(result.output).not.toContain("on\n");
});

test("tells the end of a long log", async () => {
  const result = await runSetupScript(sandbox, "for i in $(seq 100000); do echo line $i; done; false");
  expect(result.lastLines.split("\n")).toEqual(Array.from({ length: 20 }, (_, index) => `line ${99_981 + index}`));
  expect(result.outputBytes).toBeGreaterThan(1_000_000);
  expect(result.output.length).toBeLessThanOrEqual(64 * 1024);
});

test("is ended with all that it has started when it takes too long", async () => {
  const marker = sleepMarker();
  const result = await runSetupScript(sandbox, `sleep ${marker} & setsid sleep ${marker} & wait`, { timeoutMs: 500 });
  expect(result).toMatchObject({ outcome: "failed", exitCode: null, problem: expect.stringContaining("longer than") });
  expect(await processesWith(marker)).toEqual([]);
});

test("is ended by a signal, also by one that came before it", async () => {
  const stopping = new AbortController();
  const marker = sleepMarker();
  const running = runSetupScript(sandbox, `echo up; sleep ${marker}`, {
    signal: stopping.signal,
    onOutput: () => stopping.abort(),
  });
  expect(await running).toMatchObject({ outcome: "interrupted", output: "up\n" });
  expect(await processesWith(marker)).toEqual([]);
  const late = await runSetupScript(sandbox, "echo up", { signal: stopping.signal });
  expect(late).toMatchObject({ outcome: "interrupted", output: "" });
});

test("a sandbox that is lost is told apart from a script that fails", async () => {
  const result = await runSetupScript(sandbox, "echo up; sleep 1000", { onOutput: () => void sandbox.close() });
  expect(result).toMatchObject({ outcome: "lost", problem: expect.stringContaining("sandbox was lost") });
});

test("a script as long as one argument may be is run", async () => {
  const script = `echo ${"x".repeat(99_990)}`;
  expect(await runSetupScript(sandbox, script)).toMatchObject({ outcome: "completed", outputBytes: 99_991 });
});
