export type KeyPress = { key: string; mod: boolean; at: number };

/** Pause after which a sequence such as "g t" starts over, in milliseconds. */
const PAUSE = 1000;

/**
 * Finds the binding that ends with the last press: "?", "mod+k" or a sequence "g t".
 * Returns null when none does.
 */
export function matchBinding(presses: readonly KeyPress[], bindings: readonly string[]): string | null {
  const found = bindings.filter((binding) => {
    const wanted = binding.split(" ");
    const tail = presses.slice(-wanted.length);
    if (tail.length < wanted.length) return false;
    return tail.every((press, index) => {
      const before = tail[index - 1];
      if (before && press.at - before.at > PAUSE) return false;
      return (press.mod ? `mod+${press.key}` : press.key) === wanted[index];
    });
  });
  return found.sort((a, b) => b.split(" ").length - a.split(" ").length)[0] ?? null;
}
