import { setTimeout as sleep } from "node:timers/promises";
import { diskUsage, type FreeSpace, freeSpace, inodeUsage, removedUsage } from "./disk-usage.ts";
import { availableMemory, memoryBelow, sharedBelow } from "./memory-usage.ts";
import { childrenOf, processesBelow } from "./processes.ts";

export type Limits = {
  /** Memory of a thread's commands together. */
  memoryBytes: number;
  /** What a thread's folders may take. */
  diskBytes: number;
  /** Files and folders that a thread may have. */
  files: number;
  /** Never to be used up by threads: of all that grow then, each is stopped. */
  diskReserveBytes: number;
};

/** One object for each sandbox: sizes are remembered by it. */
export type Watched = {
  /** The outermost process of the sandbox; its child runs the commands. */
  pid: number | null;
  /** A control group looks after its memory. */
  memoryHeld: boolean;
  /** Holds the thread's worktree, home and temporary files. */
  folder: string;
  /** @param ended the largest processes are about to be killed; else ending the commands is left to whoever is told */
  onPassed(limit: "memory" | "disk", ended: boolean): void;
};

export type LimitWatch = {
  /** @returns ends the watch */
  watch(thread: Watched): () => void;
};

const everyMs = 400;
/** Where the machine has not lost so much since the last look, nobody can share more. */
const lookAfterBytes = 64 * 1024 * 1024;
/** Where less has been written than this since the last walk, no folder can have grown by more. */
const walkAfterBytes = 64 * 1024 * 1024;
const walkAfterInodes = 20_000;
/** As `diskReserveBytes`, where a file system has a fixed number of them. */
const inodeReserve = 20_000;
const walkEveryMs = 15_000;

/** `files` is null until they are counted. */
type Taken = { bytes: number; files: number | null };

/**
 * Looks after the limits that the kernel does not hold for us: disk always, memory where no control group does. Costs
 * nothing while nothing is watched. Folders are walked only when their file system has lost space.
 */
export function createLimitWatch(homeDir: string, limits: Limits): LimitWatch {
  const threads = new Set<Watched>();
  const seen = new WeakMap<Watched, Taken>();
  const shared = new WeakMap<Watched, number>();
  let availableThen = Number.POSITIVE_INFINITY;
  let running = false;
  let walkedAt = Date.now();
  let freeThen: FreeSpace | null = null;
  let inodesThen: number | null = null;

  async function run(): Promise<void> {
    // Most commands are over before the first look.
    for (;;) {
      await sleep(everyMs, undefined, { ref: false });
      if (threads.size === 0) break;
      await checkMemory().catch(() => undefined);
      await checkDisk().catch(() => undefined);
    }
    running = false;
  }

  async function checkMemory(): Promise<void> {
    const unheld = [...threads].filter(({ memoryHeld }) => !memoryHeld);
    if (unheld.length === 0) return;
    const available = await availableMemory();
    const taken = availableThen - available > lookAfterBytes;
    availableThen = taken ? available : Math.max(available, availableThen);
    await Promise.all(unheld.map((thread) => checkMemoryOf(thread, taken)));
  }

  async function checkMemoryOf(thread: Watched, looks: boolean): Promise<void> {
    if (thread.pid === null) return;
    const processes = await memoryBelow(thread.pid);
    const own = processes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (!looks && own + (shared.get(thread) ?? 0) <= limits.memoryBytes) return;
    const sharedBytes = await sharedBelow(thread.pid, thread.folder);
    shared.set(thread, sharedBytes);
    let total = own + sharedBytes;
    if (total <= limits.memoryBytes || !threads.has(thread)) return;
    // The end of a process frees only what is its own.
    if (sharedBytes > limits.memoryBytes / 2) return thread.onPassed("memory", false);
    thread.onPassed("memory", true);
    const spared = [thread.pid, ...(await childrenOf(thread.pid))];
    const commands = processes.filter(({ pid }) => !spared.includes(pid));
    for (const { pid, sizeBytes } of commands.sort((a, b) => b.sizeBytes - a.sizeBytes)) {
      kill(pid);
      total -= sizeBytes;
      if (total <= limits.memoryBytes) return;
    }
  }

  async function checkDisk(): Promise<void> {
    const free = await freeSpace(homeDir);
    const fewBytes = free.bytes < limits.diskReserveBytes;
    const fewInodes = free.inodes !== null && free.inodes < inodeReserve;
    freeThen ??= free;
    inodesThen ??= free.inodes;
    const written = freeThen.bytes - free.bytes > walkAfterBytes;
    const made = (inodesThen ?? 0) - (free.inodes ?? 0) > walkAfterInodes;
    if (!written && !made && !fewBytes && !fewInodes && Date.now() - walkedAt < walkEveryMs) return;
    freeThen = free;
    walkedAt = Date.now();
    const counts = made || fewInodes;
    if (counts) inodesThen = free.inodes;
    for (const thread of [...threads]) {
      const before = seen.get(thread);
      const now = await takenBy(thread, counts, before?.files ?? null);
      seen.set(thread, now);
      // Whoever is over the limit may still run what makes it smaller.
      const tooLarge = isMore(now.bytes, before?.bytes) && (fewBytes || now.bytes > limits.diskBytes);
      const tooMany = isMore(now.files, before?.files) && (fewInodes || (now.files ?? 0) > limits.files);
      if (threads.has(thread) && (tooLarge || tooMany)) thread.onPassed("disk", false);
    }
  }

  async function takenBy({ folder, pid }: Watched, countsFiles: boolean, counted: number | null): Promise<Taken> {
    const removed = pid === null ? 0 : removedUsage(folder, await processesBelow(pid));
    // A walk of its own, so only when many have been made.
    const files = countsFiles ? inodeUsage(folder) : counted;
    const [shown, hidden, count] = await Promise.all([diskUsage(folder), removed, files]);
    return { bytes: shown + hidden, files: count };
  }

  return {
    watch(thread) {
      threads.add(thread);
      if (!running) {
        running = true;
        void run();
      }
      return () => threads.delete(thread);
    },
  };
}

function isMore(now: number | null, before: number | null = null): boolean {
  return now !== null && before !== null && now > before;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
