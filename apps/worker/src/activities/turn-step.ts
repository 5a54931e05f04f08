import { AppError } from "@heddle/db/errors";
import type { Deps } from "../deps.ts";
import { heartbeating } from "./heartbeat.ts";

export type Stop = {
  /** Aborted when the step is to end, for whatever reason: an interrupt, the worker's own end. */
  signal: AbortSignal;
  /** Aborted when somebody has interrupted the turn. */
  interrupt: AbortSignal;
};

/**
 * A step of a turn that tells Temporal of its life and may be stopped.
 * @throws INTERRUPTED in place of whatever an interrupted step has failed with
 */
export function turnStep<T>(
  deps: Pick<Deps, "interrupts">,
  turnId: string,
  work: (stop: Stop) => Promise<T>,
): Promise<T> {
  return heartbeating((ending) =>
    deps.interrupts.during(turnId, async (interrupt) => {
      try {
        return await work({ signal: AbortSignal.any([ending, interrupt]), interrupt });
      } catch (error) {
        throw interrupt.aborted ? new AppError("INTERRUPTED", { cause: error }) : error;
      }
    }),
  );
}
