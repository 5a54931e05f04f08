import { formatCount } from "./format.ts";

/** "+128 −14" as GitHub shows it. */
export function DiffCounts({ additions, deletions }: { additions: number; deletions: number }) {
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
