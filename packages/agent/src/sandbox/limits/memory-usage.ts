import { readFile, stat } from "node:fs/promises";
import { processesBelow } from "./processes.ts";
import { removedFiles, sumOf } from "./removed-files.ts";

const pageBytes = 4096;
const kibi = 1024;

export type ProcessMemory = { pid: number; sizeBytes: number };

/** The private memory of a process and of all below it. Those that end meanwhile are left out. */
export async function memoryBelow(pid: number): Promise<ProcessMemory[]> {
  const found = await Promise.all((await processesBelow(pid)).map(async (id) => [id, await privateBytes(id)] as const));
  return found.flatMap(([id, sizeBytes]) => (sizeBytes === null ? [] : [{ pid: id, sizeBytes }]));
}

/**
 * The memory that a process and all below it share, or that belongs to none of them. Where we may not look into mappings,
 * at least what the one with the most of it has.
 * @param folder files on its file system are no memory
 */
export async function sharedBelow(pid: number, folder: string): Promise<number> {
  const pids = await processesBelow(pid);
  const [{ dev }, files, shares] = await Promise.all([
    stat(folder),
    removedFiles(pids),
    Promise.all(pids.map(shareOf)),
  ]);
  return Math.max(sumOf(files.filter(({ device }) => device !== String(dev))), ...shares);
}

/** @see proc_pid_status(5) */
async function shareOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
  return Number(/^RssShmem:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * kibi;
}

/** What the machine could still give. @see proc_meminfo(5) */
export async function availableMemory(): Promise<number> {
  const text = await readFile("/proc/meminfo", "latin1").catch(() => "");
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * kibi;
}

/** Resident and neither shared nor backed by files. @see proc_pid_statm(5) */
async function privateBytes(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/statm`, "latin1").catch(() => null);
  if (text === null) return null;
  const [, resident = 0, shared = 0] = text.split(" ").map(Number);
  return Math.max(0, resident - shared) * pageBytes;
}
