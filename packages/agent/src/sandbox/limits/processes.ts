import { readdir, readFile } from "node:fs/promises";

/** A process and all below it, by their ids. Those that end meanwhile may be left out. */
export async function processesBelow(pid: number): Promise<number[]> {
  const below = await Promise.all((await childrenOf(pid)).map(processesBelow));
  return [pid, ...below.flat()];
}

/** Of all its threads: a process is the child of the one that forked it. @see proc_pid_task(5) */
export async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = threads.map((id) => readFile(`/proc/${pid}/task/${id}/children`, "latin1").catch(() => ""));
  return (await Promise.all(lists)).join(" ").split(" ").filter(Boolean).map(Number);
}
