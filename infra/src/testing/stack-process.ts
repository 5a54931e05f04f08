import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildToolEnv } from "../env.ts";
import { root } from "../root.ts";

export type StackProcess = {
  pid: number;
  output(): string;
  /** Resolves with everything printed so far once it contains `text`; rejects if the process ends before. */
  says(text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string>;
};

const pollMs = 30;

/** Runs the supervisor of `stand-in-stack.ts` in a process of its own. */
export function startStackProcess(env: Record<string, string>): StackProcess {
  const program = join(root, "infra/src/testing/stand-in-stack.ts");
  const child = spawn(process.execPath, ["--import", "tsx", program], { cwd: root, env: buildToolEnv(env) });
  let printed = "";
  const note = (chunk: Buffer) => {
    printed += chunk;
  };
  child.stdout.on("data", note);
  child.stderr.on("data", note);
  const ended = endOf(child);
  return {
    pid: child.pid ?? -1,
    output: () => printed,
    ended,
    kill: (signal) => child.kill(signal),
    async says(text) {
      while (!printed.includes(text)) {
        const state = await Promise.race([ended, sleep(pollMs, "runs")]);
        if (state !== "runs" && !printed.includes(text))
          throw new Error(`it ended (${state}) without saying "${text}": ${printed}`);
      }
      return printed;
    },
  };
}

function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown")));
}

/** Pids by service name, as the supervisor noted them. */
export function recordedPids(home: string): Record<string, number> {
  const dir = join(home, "run");
  const files = readdirSync(dir).filter((file) => file.endsWith(".json"));
  return Object.fromEntries(
    files.map((file) => [file.replace(".json", ""), JSON.parse(readFileSync(join(dir, file), "utf8")).pid]),
  );
}

/** Command lines of all running processes that name `text`. */
export function processesNaming(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        return [];
      }
    })
    .filter((commandLine) => commandLine.includes(text));
}
