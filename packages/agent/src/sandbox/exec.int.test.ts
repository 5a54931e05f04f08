import { createHash, randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createSandboxHome,
  processesWith,
  type SandboxHome,
  shell,
  sleepMarker,
  until,
} from "./testing/sandbox-home.ts";
import type { Sandbox } from "./types.ts";

let home: SandboxHome;
let sandbox: Sandbox;

beforeAll(async () => {
  home = await createSandboxHome();
  sandbox = await home.open("exec");
});
afterAll(() => home.dispose());

describe("a command's end", () => {
  it("gives exit codes", async () => {
    expect(await shell(sandbox, "exit 0")).toMatchObject({ exitCode: 0, signal: null, timedOut: false });
    expect(await shell(sandbox, "exit 7")).toMatchObject({ exitCode: 7, signal: null });
    expect(await shell(sandbox, "exit 255")).toMatchObject({ exitCode: 255, signal: null });
  });

  it("gives the signal that ended it", async () => {
    expect(await shell(sandbox, "kill -TERM $$")).toMatchObject({ exitCode: null, signal: "SIGTERM" });
    expect(await shell(sandbox, "kill -SEGV $$")).toMatchObject({ exitCode: null, signal: "SIGSEGV" });
  });

  it("says when there is no such program or folder", async () => {
    let text = "";
    const onOutput = (chunk: Buffer) => {
      text += chunk.toString();
    };
    expect(await sandbox.exec({ argv: ["no-such-program"], onOutput })).toMatchObject({ exitCode: 127 });
    expect(await sandbox.exec({ argv: ["true"], cwd: "/no/such/folder", onOutput })).toMatchObject({ exitCode: 126 });
    expect(text).toContain("cannot run no-such-program");
    expect(text).toContain("cannot enter /no/such/folder");
  });

  it("reports an argument list that is too long as data", async () => {
    const result = await sandbox.exec({ argv: ["echo", "x".repeat(5_000_000)] });
    expect(result.exitCode).toBe(126);
  });

  it("refuses what no command can be", async () => {
    await expect(sandbox.exec({ argv: [] })).rejects.toThrow(TypeError);
    await expect(sandbox.exec({ argv: ["echo", "a\0b"] })).rejects.toThrow("NUL");
    await expect(sandbox.exec({ argv: ["true"], env: { "A=B": "" } })).rejects.toThrow("variable");
  });
});

describe("a command's surroundings", () => {
  it("starts in the worktree, or where it is told, with its own variables added", async () => {
    expect((await shell(sandbox, "pwd")).stdout).toBe("/workspace\n");
    const result = await shell(sandbox, 'pwd; echo "$GREETING|$HOME"', { cwd: "/tmp", env: { GREETING: "a = b\nc" } });
    expect(result.stdout).toBe("/tmp\na = b\nc|/home/agent\n");
  });

  it("keeps files of the worktree, home and tmp between commands", async () => {
    await shell(sandbox, "echo 1 > /workspace/a; echo 2 > ~/b; echo 3 > /tmp/c");
    expect((await shell(sandbox, "cat /workspace/a ~/b /tmp/c")).stdout).toBe("1\n2\n3\n");
  });

  it("has git, node and npm", async () => {
    const result = await shell(sandbox, "git init -q r && git -C r status --short && node -v && npm -v");
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toContain(process.version);
  });
});

describe("input and output", () => {
  it("separates stdout and stderr", async () => {
    expect(await shell(sandbox, "echo out; echo err >&2")).toMatchObject({ stdout: "out\n", stderr: "err\n" });
  });

  it("passes every byte on unchanged, both ways", async () => {
    const sent = randomBytes(3_000_000);
    const got: Buffer[] = [];
    const result = await sandbox.exec({
      argv: ["cat"],
      stdin: sent,
      onOutput: (chunk) => got.push(Buffer.from(chunk)),
    });
    expect(result.exitCode).toBe(0);
    expect(Buffer.concat(got).equals(sent)).toBe(true);
  });

  it("streams input while the command answers", async () => {
    let answer = (_line: string) => {};
    async function* questions() {
      for (const question of ["one", "two", "three"]) {
        const answered = new Promise<string>((resolve) => {
          answer = resolve;
        });
        yield Buffer.from(`${question}\n`);
        expect(await answered).toBe(`<${question}>\n`);
      }
    }
    const script = 'while read -r line; do echo "<$line>"; done; echo end';
    const result = await shell(sandbox, script, { stdin: questions(), onOutput: (chunk) => answer(chunk.toString()) });
    expect(result).toMatchObject({ exitCode: 0, stdout: "<one>\n<two>\n<three>\nend\n" });
  });

  it("does not run ahead of a command that does not read", async () => {
    let given = 0;
    async function* endless() {
      while (true) {
        given += 65_536;
        yield Buffer.alloc(65_536);
      }
    }
    expect(await shell(sandbox, "sleep 0.3; exit 3", { stdin: endless() })).toMatchObject({ exitCode: 3 });
    expect(given).toBeLessThan(1_000_000);
  });

  it("ends a command whose input fails, and passes the error on", async () => {
    // biome-ignore lint/correctness/useYield: it fails before there is anything to yield
    async function* broken(): AsyncGenerator<Uint8Array> {
      throw new Error("source is gone");
    }
    await expect(shell(sandbox, "cat; sleep 1000", { stdin: broken() })).rejects.toThrow("source is gone");
  });

  it("gives an empty input when none is given", async () => {
    expect(await shell(sandbox, "cat; echo end")).toMatchObject({ stdout: "end\n" });
  });

  it("ends a command when its reader throws", async () => {
    const marker = sleepMarker();
    const failing = sandbox.exec({
      argv: ["bash", "-c", `echo x; sleep ${marker}`],
      onOutput: () => {
        throw new Error("reader failed");
      },
    });
    await expect(failing).rejects.toThrow("reader failed");
    expect(await processesWith(marker)).toEqual([]);
  });

  it("passes 100 MB on with bounded memory, however slow the reader", async () => {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const hash = createHash("sha256");
    let bytes = 0;
    let chunks = 0;
    let most = 0;
    const before = process.memoryUsage().rss;
    const onOutput = (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.byteLength;
      chunks += 1;
      if (chunks % 100 === 0) Atomics.wait(pause, 0, 0, 10);
      most = Math.max(most, process.memoryUsage().rss - before);
    };
    const script = "yes 0123456789abcde | head -c 104857600";
    expect(await sandbox.exec({ argv: ["bash", "-c", script], onOutput })).toMatchObject({ exitCode: 0 });
    expect(bytes).toBe(104_857_600);
    expect(hash.digest("hex")).toBe(createHash("sha256").update("0123456789abcde\n".repeat(6_553_600)).digest("hex"));
    expect(most).toBeLessThan(80_000_000);
    const runnerPeakKb = await shell(sandbox, "grep VmHWM /proc/1/status | tr -dc 0-9");
    expect(Number(runnerPeakKb.stdout)).toBeLessThan(30_000);
  });
});

describe("several commands", () => {
  it("run at once, and one can be ended without the other", async () => {
    const marker = sleepMarker();
    const abort = new AbortController();
    const endless = shell(sandbox, `sleep ${marker}`, { signal: abort.signal });
    let go = () => {};
    async function* whenToldTo() {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      yield Buffer.from("go\n");
    }
    const other = shell(sandbox, 'read -r x; echo "$x"; exit 5', { stdin: whenToldTo() });
    await until(async () => (await processesWith(marker)).length > 0);
    abort.abort();
    expect(await endless).toMatchObject({ exitCode: null, signal: "SIGKILL", timedOut: false });
    expect(await processesWith(marker)).toEqual([]);
    go();
    expect(await other).toMatchObject({ exitCode: 5, stdout: "go\n" });
  });

  it("keep their outputs apart", async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, index) => shell(sandbox, `for i in {1..200}; do echo ${index}; done`)),
    );
    results.forEach((result, index) => {
      expect(result.stdout).toBe(`${index}\n`.repeat(200));
    });
  });

  it("beyond the runner's measure are refused, not lost", async () => {
    const abort = new AbortController();
    setMaxListeners(0, abort.signal);
    const commands = Array.from({ length: 110 }, () => shell(sandbox, "sleep 1000", { signal: abort.signal }));
    let refused = 0;
    for (const command of commands) {
      void command.then(({ exitCode, stderr }) => {
        if (exitCode === 126 && stderr.includes("too many commands")) refused += 1;
      });
    }
    await until(() => refused === 10);
    abort.abort();
    const ends = await Promise.all(commands);
    expect(ends.filter(({ signal }) => signal === "SIGKILL")).toHaveLength(100);
  });
});

describe("ending a command early", () => {
  it("kills its whole tree when its time is up", async () => {
    const marker = sleepMarker();
    const script = `trap '' TERM INT HUP; (trap '' TERM; sleep ${marker}) & setsid sleep ${marker} & sleep ${marker}; sleep ${marker}`;
    const result = await shell(sandbox, script, { timeoutMs: 300 });
    expect(result).toMatchObject({ exitCode: null, signal: "SIGKILL", timedOut: true });
    expect(await processesWith(marker)).toEqual([]);
  });

  it("keeps what was printed before", async () => {
    const result = await shell(sandbox, "echo before; sleep 1000", { timeoutMs: 300 });
    expect(result).toMatchObject({ stdout: "before\n", timedOut: true });
  });

  it("does not start what is aborted already", async () => {
    const result = await shell(sandbox, "touch /workspace/started", { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    expect(await shell(sandbox, "test -e /workspace/started")).toMatchObject({ exitCode: 1 });
  });
});
