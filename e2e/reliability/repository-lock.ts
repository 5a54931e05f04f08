import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { until } from "./until.ts";

export type HeldRepository = {
  /** Resolves once somebody waits for the repository. */
  blocks(): Promise<void>;
  release(): void;
};

/** Holds the lock on a repository, as another writer of this host would (see packages/agent/src/git/lock.ts). */
export async function holdRepository(dir: string): Promise<HeldRepository> {
  const holder = spawn("flock", ["--exclusive", dir, "cat"], { stdio: ["pipe", "pipe", "ignore"] });
  holder.stdin.write("held");
  await once(holder.stdout, "data");
  return {
    blocks: () => until(() => isAwaited(dir), `somebody waits for ${dir}`, { pollMs: 200 }),
    release: () => void holder.stdin.end(),
  };
}

/** Heddle's own flock(1) is given the open folder as its descriptor 3. */
function isAwaited(dir: string): boolean {
  const waits = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "flock" && readlinkSync(`/proc/${pid}/fd/3`) === dir;
    } catch {
      return false;
    }
  };
  return readdirSync("/proc").some((pid) => /^\d+$/.test(pid) && waits(pid));
}
