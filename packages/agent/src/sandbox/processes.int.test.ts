import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createSandboxHome,
  processesOf,
  processesWith,
  type SandboxHome,
  shell,
  sleepMarker,
  until,
} from "./testing/sandbox-home.ts";
import type { Sandbox } from "./types.ts";

const processes = 80;
const threadId = `processes-${process.pid}`;
let home: SandboxHome;
let sandbox: Sandbox;

beforeAll(async () => {
  home = await createSandboxHome({ limits: { processes } });
  sandbox = await home.open(threadId);
  // Shared memory lives and dies with the sandbox: its file tells whether it is still the same one.
  await shell(sandbox, "touch /dev/shm/same");
});
afterAll(() => home.dispose());

async function expectSameSandboxWorks(): Promise<void> {
  expect(await shell(sandbox, "ls /dev/shm; echo works")).toMatchObject({ exitCode: 0, stdout: "same\nworks\n" });
}

/** Programs that try to outlive their command; `$1` shows up in their command lines. */
const daemons: Record<string, string> = {
  "a background job": `sleep $1 & disown`,
  "a job that ignores signals": `(trap '' TERM INT HUP QUIT USR1 PIPE; sleep $1) > /dev/null 2>&1 &`,
  "a session of its own": `setsid nohup sleep $1 > /dev/null 2>&1 < /dev/null &`,
  "a double fork": `perl -MPOSIX -e 'exit if fork; POSIX::setsid(); exit if fork; $SIG{$_} = "IGNORE" for grep { !/KILL|STOP|CHLD/ } keys %SIG; open STDIN, "/dev/null"; open STDOUT, ">/dev/null"; open STDERR, ">&STDOUT"; chdir "/"; sleep 1 while 1' $1`,
  "a stopped process": `sleep $1 & kill -STOP $!`,
  "a tree that adopts its own orphans": `perl -e 'syscall(${process.arch === "arm64" ? 167 : 157}, 36, 1, 0, 0, 0); for (1 .. 5) { if (!fork) { fork; fork; sleep 1000; exit } } exit if fork; sleep 1000' $1`,
  "one that forks and exits all the time": `perl -e 'exit if fork; while (1) { my $pid = fork; exit if $pid }' $1 > /dev/null 2>&1 &`,
  "one that kills its supervisor": `setsid sleep $1 & sleep $1 & kill -9 $PPID`,
};

describe.each(Object.entries(daemons))("what a command leaves behind: %s", (_name, script) => {
  it("is gone when the command alone has ended", async () => {
    const marker = sleepMarker();
    await shell(sandbox, `set -- ${marker}; ${script}`);
    expect(await processesWith(marker)).toEqual([]);
    await expectSameSandboxWorks();
  });

  it("is gone while another command goes on unharmed", async () => {
    const [marker, othersMarker] = [sleepMarker(), sleepMarker()];
    const abort = new AbortController();
    const other = shell(sandbox, `setsid sleep ${othersMarker} & wait`, { signal: abort.signal });
    await until(async () => (await processesWith(`sleep\0${othersMarker}`)).length > 0);
    await shell(sandbox, `set -- ${marker}; ${script}`);
    expect(await processesWith(marker)).toEqual([]);
    expect(await processesWith(`sleep\0${othersMarker}`)).toHaveLength(1);
    abort.abort();
    await other;
    expect(await processesWith(othersMarker)).toEqual([]);
  });
});

describe("a background process", () => {
  it("lives as long as its command, even when orphaned", async () => {
    const script = `(setsid sh -c 'sleep 0.3; echo done > /tmp/background' &) ; until test -e /tmp/background; do sleep 0.05; done; cat /tmp/background`;
    expect(await shell(sandbox, script)).toMatchObject({ exitCode: 0, stdout: "done\n" });
  });
});

describe("attacks on the runner", () => {
  it("survives kill -9 -1, and reports the other commands that fell to it", async () => {
    const marker = sleepMarker();
    const victim = shell(sandbox, `sleep ${marker}`);
    await until(async () => (await processesWith(`sleep\0${marker}`)).length > 0);
    await shell(sandbox, "kill -9 -1; sleep 1000");
    expect(await victim).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    expect(await processesWith(marker)).toEqual([]);
    await expectSameSandboxWorks();
  });

  it("survives every signal sent to it, stopping included", async () => {
    const script = `for signal in {1..64}; do kill -$signal 1 2> /dev/null; done; true`;
    expect(await shell(sandbox, script)).toMatchObject({ exitCode: 0 });
    await expectSameSandboxWorks();
  });

  it("ends commands whose supervisors were stopped", async () => {
    const marker = sleepMarker();
    const stopped = shell(sandbox, `kill -STOP $PPID; sleep ${marker}`, { timeoutMs: 500 });
    expect(await stopped).toMatchObject({ signal: "SIGKILL", timedOut: true });
    expect(await processesWith(marker)).toEqual([]);
    await expectSameSandboxWorks();
  });
});

describe("a fork bomb", () => {
  it("meets its limit, leaves host and other threads alone, and is gone when its command ends", async () => {
    const neighbour = await home.open("neighbour");
    const marker = sleepMarker();
    const bomb = `perl -e 'while (1) { my $pid = fork; if (!defined $pid) { syswrite STDOUT, "full\\n"; sleep 1 } }' ${marker}`;
    const abort = new AbortController();
    let full = () => {};
    const isFull = new Promise<void>((resolve) => {
      full = resolve;
    });
    const running = shell(sandbox, bomb, { signal: abort.signal, onOutput: () => full() });
    await isFull;
    expect((await processesWith(marker)).length).toBeLessThanOrEqual(processes);
    expect(await shell(neighbour, "echo fine")).toMatchObject({ stdout: "fine\n" });
    abort.abort();
    expect(await running).toMatchObject({ signal: "SIGKILL" });
    expect(await processesWith(marker)).toEqual([]);
    await expectSameSandboxWorks();
  });

  it("of the shell's kind ends with its time", async () => {
    const script = "bomb() { bomb | bomb & }; bomb 2> /dev/null; sleep 1000";
    expect(await shell(sandbox, script, { timeoutMs: 700 })).toMatchObject({ timedOut: true });
    await expectSameSandboxWorks();
    const { uid } = await stat(join(home.worktreeDir(threadId), "tree"));
    // bwrap outside and the runner inside; as an ordinary user Heddle's own processes count too.
    if (uid > 65_536) expect(await processesOf(uid)).toHaveLength(2);
  });
});
