export type AskedCall = { name: string; arguments: string };
export type PastCall = AskedCall & { failed: boolean };

/** How often a round of so many calls must have failed, the same each time, before its next beginning is refused. */
const rounds = [
  { calls: 1, times: 5 },
  { calls: 2, times: 3 },
  { calls: 3, times: 3 },
] as const;

/**
 * Whether the model goes round in a circle: it asks for a call that has failed the same way again and again, alone or in
 * turn with one or two others.
 * @param past the turn's calls that have ended, oldest first; the last nine are enough
 * @param asked what it asks for now
 * @returns the call and how often it has failed, or null
 */
export function findRepeat(
  past: readonly PastCall[],
  asked: readonly AskedCall[],
): { call: AskedCall; times: number } | null {
  const [next] = asked;
  if (!next) return null;
  for (const { calls, times } of rounds) {
    const tail = past.slice(-calls * times);
    const whole = tail.length === calls * times && tail.every(({ failed }) => failed);
    const same = tail.every((call, index) => index < calls || isSame(call, tail[index - calls]));
    if (whole && same && isSame(next, tail[0])) return { call: next, times };
  }
  return null;
}

function isSame(one: AskedCall, other: AskedCall | undefined): boolean {
  return one.name === other?.name && one.arguments === other.arguments;
}
