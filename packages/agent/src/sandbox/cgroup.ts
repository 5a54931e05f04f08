import { existsSync } from "node:fs";
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type CgroupLimits = { processes: number; memoryBytes?: number };

export type Cgroups = {
  /** The files to which a process writes its id to enter. */
  enter: string[];
  /** How often the kernel has killed for want of memory; null where no group limits memory. */
  oomKills(): Promise<number | null>;
  /** Removes the groups; waits a little for processes that are just ending. */
  remove(): Promise<void>;
};

/** So that the runner can still act when commands have all they may have. */
const runnersShare = 256;

/**
 * Makes a thread's control group below each folder given to Heddle: one for cgroup v2, one per controller for v1.
 * Limits whose controller a folder lacks are left out.
 */
export async function createCgroups(
  parents: readonly string[],
  threadId: string,
  limits: CgroupLimits,
): Promise<Cgroups> {
  const folders = parents.map((parent) => join(parent, threadId));
  const memory = limits.memoryBytes === undefined ? [] : ["memory.max", "memory.limit_in_bytes"];
  const settings = [
    ["pids.max", limits.processes + runnersShare] as const,
    ...memory.map((file) => [file, limits.memoryBytes] as const),
  ];
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
    for (const [file, value] of settings) {
      const path = join(folder, file);
      if (existsSync(path)) await writeFile(path, String(value));
    }
  }
  return {
    enter: folders.map((folder) => join(folder, "cgroup.procs")),
    oomKills: () => readOomKills(folders),
    remove: async () => {
      for (const folder of folders) await removeWhenEmpty(folder);
    },
  };
}

/** v2 counts in `memory.events`, v1 in `memory.oom_control`. */
async function readOomKills(folders: readonly string[]): Promise<number | null> {
  for (const folder of folders) {
    for (const file of ["memory.events", "memory.oom_control"]) {
      const text = await readFile(join(folder, file), "utf8").catch(() => "");
      const [, count] = /^oom_kill (\d+)$/m.exec(text) ?? [];
      if (count !== undefined) return Number(count);
    }
  }
  return null;
}

async function removeWhenEmpty(folder: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const removed = await rmdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== "EBUSY",
    );
    if (removed) return;
    await sleep(25);
  }
}
