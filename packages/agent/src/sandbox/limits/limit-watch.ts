import { setTimeout as sleep } from "node:timers/promises";
import { diskUsage, type FreeSpace, freeSpace } from "./disk-usage.ts";
import { memoryBelow } from "./memory-usage.ts";

export type Limits = {
  /** Memory of a thread's commands together. */
  memoryBytes: number;
  /** What a thread's folders may take. */
  diskBytes: number;
  /** Never to be used up by threads: of all that grow then, each is stopped. */
  diskReserveBytes: number;
};

/** One object for each sandbox: sizes are remembered by it. */
export type Watched = {
  /** The outermost process of the sandbox; null leaves its memory to a control group. */
  pid: number | null;
  /** Holds the thread's worktree, home and temporary files. */
  folder: string;
  /** The largest processes are about to be killed for memory; for disk, that is left to whoever is told. */
  onPassed(limit: "memory" | "disk"): void;
};

export type LimitWatch = {
  /** @returns ends the watch */
  watch(thread: Watched): () => void;
};

const everyMs = 400;
/** Where less has been written than this since the last walk, no folder can have grown by more. */
const walkAfterBytes = 64 * 1024 * 1024;
const walkAfterInodes = 20_000;
const walkEveryMs = 15_000;

/**
 * Looks after the limits that the kernel does not hold for us: disk always, memory where no control group does. Costs
 * nothing while nothing is watched. Folders are walked only when their file system has lost space.
 */
export function createLimitWatch(homeDir: string, limits: Limits): LimitWatch {
  const threads = new Set<Watched>();
  const sizes = new WeakMap<Watched, number>();
  let running = false;
  let walkedAt = Date.now();
  let freeThen: FreeSpace | null = null;

  async function run(): Promise<void> {
    // Most commands are over before the first look.
    for (;;) {
      await sleep(everyMs, undefined, { ref: false });
      if (threads.size === 0) break;
      await Promise.all([...threads].map(checkMemory));
      await checkDisk().catch(() => undefined);
    }
    running = false;
  }

  async function checkMemory(thread: Watched): Promise<void> {
    if (thread.pid === null) return;
    const processes = await memoryBelow(thread.pid);
    let total = processes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (total <= limits.memoryBytes || !threads.has(thread)) return;
    thread.onPassed("memory");
    for (const { pid, sizeBytes } of processes.sort((a, b) => b.sizeBytes - a.sizeBytes)) {
      kill(pid);
      total -= sizeBytes;
      if (total <= limits.memoryBytes) return;
    }
  }

  async function checkDisk(): Promise<void> {
    const free = await freeSpace(homeDir);
    const scarce = free.bytes < limits.diskReserveBytes;
    freeThen ??= free;
    const written = freeThen.bytes - free.bytes > walkAfterBytes || freeThen.inodes - free.inodes > walkAfterInodes;
    if (!written && !scarce && Date.now() - walkedAt < walkEveryMs) return;
    freeThen = free;
    walkedAt = Date.now();
    for (const thread of [...threads]) {
      const before = sizes.get(thread);
      const size = await diskUsage(thread.folder);
      sizes.set(thread, size);
      // Whoever is over the limit may still run what makes it smaller.
      const grows = before !== undefined && size > before;
      if (threads.has(thread) && grows && (size > limits.diskBytes || scarce)) thread.onPassed("disk");
    }
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

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
