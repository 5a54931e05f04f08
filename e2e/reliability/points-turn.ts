import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ParkContext, Parked, Point } from "./points.ts";
import { commandStep, fileStep, lastStep } from "./script.ts";
import { effectSeen, letGo, startRun, turnIdOf } from "./thread-run.ts";
import { until } from "./until.ts";

/** Written, as setup scripts must be, so that it can be repeated. */
const setupScript = "touch /tmp/setup; until [ -e /tmp/go ]; do sleep 0.05; done";

async function holdSetup(context: ParkContext): Promise<Parked> {
  const { stage, projectId } = context;
  const environment = { setupScript, approve: true };
  await stage.client.post(`/projects/${projectId}/environment`, environment, `environment:${projectId}`);
  const run = await startRun(stage, { ...context, steps: [fileStep("first.txt"), commandStep("middle"), lastStep] });
  const seen = join(stage.worktree(run.id), "tmp/setup");
  await until(() => existsSync(seen), `${run.marker} is being set up`);
  return { run, release: () => letGo(stage, run, "go") };
}

/** The command has been ended for it, and that is about to be written. */
async function holdInterrupt(context: ParkContext): Promise<Parked> {
  const { stage, marker } = context;
  const steps = [fileStep("first.txt"), commandStep("middle", { waitFor: "go" }), commandStep("never"), lastStep];
  const run = await startRun(stage, { ...context, steps });
  await effectSeen(stage, run, "middle");
  const lock = await stage.rows.lock(`SELECT FROM "Item" WHERE id = $1 FOR UPDATE`, [
    `${await turnIdOf(stage, run)}/1/0`,
  ]);
  await stage.client.post(`/threads/${run.id}/interrupt`, {}, `interrupt:${marker}`);
  run.interruptedAt = 1;
  run.notices.push("interrupted");
  await lock.blocks();
  return { run, release: lock.release };
}

export const turnPoints: Point[] = [
  { name: "during setup", park: holdSetup },
  { name: "after an interrupt", park: holdInterrupt },
];
