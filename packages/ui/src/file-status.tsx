import { cn } from "./cn.ts";
import type { FileDiff } from "./types.ts";

const LETTERS = {
  added: { letter: "A", color: "text-success" },
  modified: { letter: "M", color: "text-warn" },
  deleted: { letter: "D", color: "text-danger" },
  renamed: { letter: "R", color: "text-accent-text" },
};

/** git's letter for what happened to a file. */
export function FileStatus({ status }: { status: FileDiff["status"] }) {
  const { letter, color } = LETTERS[status];
  const label = status.charAt(0).toUpperCase() + status.slice(1);
  return (
    <span
      role="img"
      aria-label={label}
      title={label}
      className={cn("w-3 shrink-0 text-center font-mono font-semibold text-xs", color)}
    >
      {letter}
    </span>
  );
}
