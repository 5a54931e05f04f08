import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, dirname } from "node:path";

export type StackProcess = { pid: number; parent: number; name: string; command: string };

/**
 * Every process that has to do with a home: by its command line or environment, its working directory or an open file,
 * or a mount of one of its folders. So also what a killed part has left behind, and what runs in a sandbox.
 * @param homeDir a folder whose parent has a name of its own on this machine
 */
export function processesOf(homeDir: string): StackProcess[] {
  const mark = basename(dirname(homeDir));
  return pids()
    .filter((pid) => pid !== process.pid && traces(pid).some((text) => text.includes(mark)))
    .flatMap((pid) => lookAt(pid) ?? []);
}

/** Those of `processes` that are no descendants of `ancestor`. */
export function outside(processes: readonly StackProcess[], ancestor: number): StackProcess[] {
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const descends = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at) ?? parentOf(at)) {
      if (at === ancestor) return true;
    }
    return false;
  };
  return processes.filter(({ pid }) => !descends(pid));
}

/** PID 1 of a thread's sandbox, if it has one now. */
export function runnerOf(homeDir: string, threadId: string): number | null {
  const folder = `${basename(dirname(homeDir))}/${basename(homeDir)}/worktrees/${threadId}/tree`;
  const isRunner = (pid: number) =>
    read(`/proc/${pid}/mountinfo`).includes(folder) && /^NSpid:.*\t1$/m.test(read(`/proc/${pid}/status`));
  return pids().find((pid) => read(`/proc/${pid}/comm`).trim() === "perl" && isRunner(pid)) ?? null;
}

/** Whether a process runs with `argument` among those it was started with. */
export function isRunning(argument: string): boolean {
  return pids().some((pid) => read(`/proc/${pid}/cmdline`).split("\0").includes(argument));
}

export type Footprint = { processes: number; files: number /** proportional share, in KiB */; memory: number };

/** Of a process with everything that it started. */
export function footprint(processes: readonly StackProcess[], root: number): Footprint {
  const rest = new Set(outside(processes, root));
  const own = processes.filter((process) => !rest.has(process));
  const sum = (value: (pid: number) => number) => own.reduce((total, { pid }) => total + value(pid), 0);
  return {
    processes: own.length,
    files: sum((pid) => list(`/proc/${pid}/fd`).length),
    memory: sum((pid) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)),
  };
}

const pids = () =>
  list("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function traces(pid: number): string[] {
  const links = list(`/proc/${pid}/fd`).map((fd) => link(`/proc/${pid}/fd/${fd}`));
  const files = ["cmdline", "environ", "mountinfo"].map((name) => read(`/proc/${pid}/${name}`));
  return [...files, link(`/proc/${pid}/cwd`), ...links];
}

function lookAt(pid: number): StackProcess | null {
  const parent = parentOf(pid);
  if (parent === undefined) return null;
  const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
  return { pid, parent, name: read(`/proc/${pid}/comm`).trim(), command: command.slice(0, 200) };
}

/** Undefined once the process has ended, or is a zombie. */
function parentOf(pid: number): number | undefined {
  const fields = read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  return fields[0] === undefined || fields[0] === "" || fields[0] === "Z" ? undefined : Number(fields[1]);
}

function read(file: string): string {
  return attempt(() => readFileSync(file, "latin1"), "");
}

function link(file: string): string {
  return attempt(() => readlinkSync(file), "");
}

function list(dir: string): string[] {
  return attempt(() => readdirSync(dir), []);
}

/** Processes end while one looks at them. */
function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
