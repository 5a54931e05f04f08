import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runnerOf } from "./processes.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";

export const parts = ["worker", "web", "postgres", "temporal", "runner", "everything"] as const;
/** Everything at once, and Temporal's file is gone, too. */
export const withoutTemporal = "Temporal's file";
export type Part = (typeof parts)[number] | typeof withoutTemporal;

export type Strike = {
  /** Milliseconds since the epoch. */
  at: number;
  /** Resolves when what was killed has been started again; ready it need not be. */
  back(): Promise<void>;
};

/** `kill -9`. @param threadIds whose sandboxes are meant when the part is the runner */
export async function strike(stage: Stage, part: Part, threadIds: readonly string[]): Promise<Strike> {
  switch (part) {
    case withoutTemporal:
    case "everything": {
      await stage.stack.killAll();
      const at = Date.now();
      if (part === withoutTemporal) await rm(join(stage.stack.homeDir, "temporal"), { recursive: true });
      return { at, back: () => stage.stack.start() };
    }
    case "runner": {
      const at = Date.now();
      for (const id of threadIds) end(runnerOf(stage.stack.homeDir, id));
      return { at, back: () => sleep(500) };
    }
    default: {
      const before = await stage.stack.pidOf(part);
      end(before);
      const at = Date.now();
      const isBack = () =>
        stage.stack.pidOf(part).then(
          (pid) => pid !== before,
          () => false,
        );
      return { at, back: () => until(isBack, `${part} was started again`) };
    }
  }
}

function end(pid: number | null): void {
  try {
    if (pid !== null) process.kill(pid, "SIGKILL");
  } catch {
    // Dead already.
  }
}
