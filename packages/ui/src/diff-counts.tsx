import { formatCount } from "./format.ts";

/** "+128 −14" as GitHub shows it; nothing when no line changed. */
export function DiffCounts({ additions, deletions }: { additions: number; deletions: number }) {
  if (additions + deletions === 0) return null;
  return (
    <span className="inline-flex shrink-0 gap-1.5 whitespace-nowrap text-xs">
      <span className="text-success">
        <span className="sr-only">added lines: </span>+{formatCount(additions)}
      </span>
      <span className="text-danger">
        <span className="sr-only">, removed lines: </span>−{formatCount(deletions)}
      </span>
    </span>
  );
}
