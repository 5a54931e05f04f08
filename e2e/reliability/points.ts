import { archivePoints } from "./points-archive.ts";
import { commitPoints } from "./points-commit.ts";
import { movePoints } from "./points-move.ts";
import { stepPoints } from "./points-step.ts";
import { threadPoints } from "./points-thread.ts";
import { turnPoints } from "./points-turn.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";
import type { ThreadRun } from "./thread-run.ts";

/** A thread that stands still at a named point until it is released. */
export type Parked = {
  run: ThreadRun;
  /** Gives up whatever holds the thread there. */
  release(): Promise<void> | void;
  /** What the thread's sender still waits for. */
  sent?: Promise<unknown>;
  /** What is to be seen and done once the thread has come to rest, before everything else is looked at. @returns what is wrong */
  afterwards?: () => Promise<string[]>;
};

/** How a thread is brought to a point and held there, without any help of the product. */
export type Point = {
  name: string;
  /** Parked before all others: while it is, new threads go elsewhere. */
  first?: true;
  park(context: ParkContext): Promise<Parked>;
};

/** @param marker names the thread, and is in its prompts @param projectId of a project that no other thread is in */
export type ParkContext = { stage: Stage; marker: string; projectId: string; random: Random };

export const points: readonly Point[] = [
  ...stepPoints,
  ...commitPoints,
  ...turnPoints,
  ...threadPoints,
  ...archivePoints,
  ...movePoints,
];
