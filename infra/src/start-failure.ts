/** A reason not to start that a person can act on: one sentence, shown without a stack. */
export class StartFailure extends Error {}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
