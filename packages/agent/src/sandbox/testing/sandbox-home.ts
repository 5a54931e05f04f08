import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createSandboxes, type SandboxesOptions } from "../sandboxes.ts";
import type { ExecRequest, ExecResult, NetworkPolicy, Sandbox } from "../types.ts";

export type SandboxHome = {
  homeDir: string;
  /** Opens the sandbox of a thread; the same one for the same id. */
  open(threadId: string, network?: NetworkPolicy): Promise<Sandbox>;
  worktreeDir(threadId: string): string;
  dispose(): Promise<void>;
};

/** A home of its own, removed in the end; or the given one, which stays. */
export async function createSandboxHome(options: Partial<SandboxesOptions> = {}): Promise<SandboxHome> {
  const homeDir = options.homeDir ?? (await mkdtemp(join(tmpdir(), "heddle-sandbox-")));
  const sandboxes = createSandboxes({ ...options, homeDir });
  const upstreamDir = join(homeDir, "repos/p/upstream.git");
  await mkdir(join(upstreamDir, "objects"), { recursive: true });
  const worktreeDir = (threadId: string) => join(homeDir, "worktrees", threadId);
  return {
    homeDir,
    worktreeDir,
    open: (threadId, network) => sandboxes.open({ threadId, worktreeDir: worktreeDir(threadId), upstreamDir, network }),
    dispose: async () => {
      await sandboxes.closeAll();
      if (options.homeDir === undefined) await rm(homeDir, { recursive: true, force: true });
    },
  };
}

export type ShellResult = ExecResult & { stdout: string; stderr: string };

/** Runs a bash script in a sandbox and collects what it prints. */
export async function shell(sandbox: Sandbox, script: string, more: Partial<ExecRequest> = {}): Promise<ShellResult> {
  const output = { stdout: "", stderr: "" };
  const onOutput = (chunk: Buffer, stream: "stdout" | "stderr") => {
    output[stream] += chunk.toString("latin1");
    more.onOutput?.(chunk, stream);
  };
  const result = await sandbox.exec({ ...more, argv: ["bash", "-c", script], onOutput });
  return { ...result, ...output };
}

/** Ids of the host's processes whose command line contains the marker. */
export async function processesWith(marker: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "")));
  return pids.filter((_, index) => lines[index]?.includes(marker)).map(Number);
}

/** Ids of the host's processes that belong to a user. */
export async function processesOf(userId: number): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const owners = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, "latin1").catch(() => "")));
  return pids.filter((_, index) => owners[index]?.includes(`\nUid:\t${userId}\t`)).map(Number);
}

/** Waits for something that is bound to happen. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await sleep(20);
}

let markers = 0;

/** Seconds for `sleep`, so long and so odd that they also find the process again. */
export function sleepMarker(): string {
  markers += 1;
  return `${100_000_000 + process.pid}.${markers}`;
}
