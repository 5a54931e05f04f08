import { readFile } from "node:fs/promises";
import { processesBelow } from "./processes.ts";

const pageBytes = 4096;

export type ProcessMemory = { pid: number; sizeBytes: number };

/** The private memory of a process and of all below it. Those that end meanwhile are left out. */
export async function memoryBelow(pid: number): Promise<ProcessMemory[]> {
  const found = await Promise.all((await processesBelow(pid)).map(async (id) => [id, await privateBytes(id)] as const));
  return found.flatMap(([id, sizeBytes]) => (sizeBytes === null ? [] : [{ pid: id, sizeBytes }]));
}

/** Resident and not backed by files; shared memory has a limit of its own. @see proc_pid_statm(5) */
async function privateBytes(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/statm`, "latin1").catch(() => null);
  if (text === null) return null;
  const [, resident = 0, shared = 0] = text.split(" ").map(Number);
  return Math.max(0, resident - shared) * pageBytes;
}
