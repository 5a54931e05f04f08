import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { identify } from "./process-identity.ts";
import { createService, type ServiceSpec } from "./service.ts";

let dir: string;
let lines: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "heddle-service-"));
  lines = [];
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function service(script: string, spec: Partial<ServiceSpec> = {}) {
  const program = {
    name: "program",
    command: process.execPath,
    args: ["-e", script],
    env: {},
    isReady: async () => true,
  };
  return createService({ ...program, ...spec }, { runDir: dir, logsDir: dir, report: (line) => lines.push(line) });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

const recordedPid = (): number => JSON.parse(readFileSync(join(dir, "program.json"), "utf8")).pid;

test("a program that always ends is given up with one clear line", async () => {
  const backOff = { firstDelayMs: 1, longestDelayMs: 4, attempts: 3 };
  await service(`process.exit(7)`, { backOff }).start();
  await until(() => lines.some((line) => line.includes("given up")));
  expect(lines.filter((line) => line.includes("given up"))).toEqual([
    `program ended 3 times in a row and is given up (exit code 7); the reason is in ${join(dir, "program.log")}`,
  ]);
  expect(existsSync(join(dir, "program.json"))).toBe(false);
});

test("a program that ends before it is ready makes the start fail and is not restarted", async () => {
  const start = service(`process.exit(7)`, { isReady: async () => false }).start();
  await expect(start).rejects.toThrow("program did not start");
  expect(lines).toEqual([]);
});

test("a program that may meet a taken port of its own is started again at once", async () => {
  const second = join(dir, "second");
  const script = `const { existsSync, writeFileSync } = require("node:fs"); const second = ${JSON.stringify(second)};
    if (!existsSync(second)) { writeFileSync(second, ""); process.exit(1); } setInterval(() => {}, 1e6);`;
  const lucky = service(script, {
    firstStarts: 2,
    isReady: async () => existsSync(second) && identify(recordedPid()) !== null,
  });
  await lucky.start();
  await lucky.stop();
  expect(lines).toEqual([]);
});

test("a program that cannot be run makes the start fail", async () => {
  const start = service("", { command: join(dir, "missing"), isReady: async () => false }).start();
  await expect(start).rejects.toThrow("program did not start");
});

test("a program that ignores its signal is killed with what it started", async () => {
  const script = `process.on("SIGTERM", () => {});
    const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"]);
    console.log(child.pid); setInterval(() => {}, 1e6);`;
  const log = join(dir, "program.log");
  const stubborn = service(script, {
    stopGraceMs: 100,
    isReady: async () => existsSync(log) && readFileSync(log, "utf8") !== "",
  });
  await stubborn.start();
  const pids = [recordedPid(), Number(readFileSync(log, "utf8"))];
  expect(pids.map((pid) => identify(pid)?.pid)).toEqual(pids);
  await stubborn.stop();
  await until(() => pids.every((pid) => identify(pid) === null));
  expect(lines).toEqual([]);
});

test("on request it ends with the process that started it, even a killed one", async () => {
  const script = `import { createService } from ${JSON.stringify(join(import.meta.dirname, "service.ts"))};
    const host = { runDir: ${JSON.stringify(dir)}, logsDir: ${JSON.stringify(dir)}, report: () => {}, endWithParent: true };
    await createService({ name: "program", command: process.execPath, args: ["-e", "setInterval(() => {}, 1e6)"],
      env: { PATH: process.env.PATH }, isReady: async () => true }, host).start();
    process.kill(process.pid, "SIGKILL");`;
  const args = ["--import", "tsx", "--input-type=module", "-e", script];
  await new Promise((resolve) => spawn(process.execPath, args, { stdio: "inherit" }).once("close", resolve));
  const pid = recordedPid();
  await until(() => identify(pid) === null);
});

test("only the given environment reaches the program", async () => {
  const log = join(dir, "program.log");
  const printing = service(`console.log(JSON.stringify(process.env)); setInterval(() => {}, 1e6)`, {
    env: { ONLY: "this" },
    isReady: async () => existsSync(log) && readFileSync(log, "utf8").endsWith("\n"),
  });
  await printing.start();
  expect(JSON.parse(readFileSync(log, "utf8"))).toEqual({ ONLY: "this" });
  await printing.stop();
});
