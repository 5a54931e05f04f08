/** A reason not to start that a person can act on: one sentence, shown without a stack. */
export class StartFailure extends Error {}

/** Ends the explanation of a damage. */
export const repairHint = "`npm run repair` says what can be done.";

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
