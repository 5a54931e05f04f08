const maxTable = 4_000_000;

/** How many lines were added and deleted between two texts, as a diff counts them. */
export function countLineChanges(before: Buffer, after: Buffer): { additions: number; deletions: number } {
  const [from, to] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start += 1;
  let [fromEnd, toEnd] = [from.length, to.length];
  while (fromEnd > start && toEnd > start && from[fromEnd - 1] === to[toEnd - 1]) {
    fromEnd -= 1;
    toEnd -= 1;
  }
  const [deleted, added] = [from.slice(start, fromEnd), to.slice(start, toEnd)];
  const common = deleted.length * added.length > maxTable ? 0 : longestCommon(deleted, added);
  return { additions: added.length - common, deletions: deleted.length - common };
}

function linesOf(content: Buffer): string[] {
  const lines = content.toString("latin1").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function longestCommon(left: readonly string[], right: readonly string[]): number {
  let row = new Uint32Array(right.length + 1);
  for (const line of left) {
    const next = new Uint32Array(right.length + 1);
    right.forEach((other, index) => {
      next[index + 1] = line === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0);
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}
