import { readFile } from "node:fs/promises";

const pageBytes = 4096;

export type ProcessMemory = { pid: number; sizeBytes: number };

/** The private memory of a process and of all below it. Those that end meanwhile are left out. */
export async function memoryBelow(pid: number): Promise<ProcessMemory[]> {
  const [own, children] = await Promise.all([privateBytes(pid), childrenOf(pid)]);
  const below = await Promise.all(children.map(memoryBelow));
  return [...(own === null ? [] : [{ pid, sizeBytes: own }]), ...below.flat()];
}

/** Resident and not backed by files; shared memory has a limit of its own. @see proc_pid_statm(5) */
async function privateBytes(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/statm`, "latin1").catch(() => null);
  if (text === null) return null;
  const [, resident = 0, shared = 0] = text.split(" ").map(Number);
  return Math.max(0, resident - shared) * pageBytes;
}

/** A process forked by any of its threads. @see proc_pid_task(5) */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "latin1").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}
