import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that cannot be mistaken for a later one with the same pid. */
export type ProcessIdentity = { pid: number /** boot id and clock ticks since boot */; startTime: string };

const pollMs = 20;

/** @returns null if no such process runs (a zombie does not run) */
export function identify(pid: number): ProcessIdentity | null {
  try {
    // The command name, in parentheses, may itself contain spaces and parentheses.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const [state, ticks] = [fields[0], fields[19]];
    if (!ticks || state === "Z" || state === "X") return null;
    return { pid, startTime: `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}:${ticks}` };
  } catch {
    return null;
  }
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime;
}

/** Asks a process to end with `signal`, and kills it with its process group once `graceMs` have passed. */
export async function endProcess(identity: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (isRunning(identity)) send(identity.pid, signal);
  const deadline = Date.now() + graceMs;
  while (isRunning(identity) && Date.now() < deadline) await sleep(pollMs);
  // What the process itself started and left behind lives in its group. While that has members, no other process gets its id.
  const holder = identify(identity.pid);
  if (holder === null || holder.startTime === identity.startTime) send(-identity.pid, "SIGKILL");
  while (isRunning(identity)) await sleep(pollMs);
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // Gone already.
  }
}
