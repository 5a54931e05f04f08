import { Archive, CircleDashed, CircleX } from "lucide-react";
import type { ThreadStatus } from "./types.ts";

export type StatusDotProps = { status: ThreadStatus; unread?: boolean };

/** What a thread's status is called. */
export function statusLabel({ status, unread }: StatusDotProps): string {
  if (status === "idle") return unread ? "Unread" : "Idle";
  return { running: "Running", waiting: "Waits for you", failed: "Failed", archived: "Archived" }[status];
}

/** The status of a thread as a shape of 14 px; shapes differ, not only colours. */
export function StatusDot(props: StatusDotProps) {
  return (
    <span
      role="img"
      aria-label={statusLabel(props)}
      className="inline-flex size-3.5 shrink-0 items-center justify-center"
    >
      {shapeOf(props)}
    </span>
  );
}

function shapeOf({ status, unread }: StatusDotProps) {
  switch (status) {
    case "running":
      return (
        <span className="flex size-3 items-center justify-center rounded-full border-[1.5px] border-accent-text">
          <span className="size-1.5 animate-breathe rounded-full bg-accent-text" />
        </span>
      );
    case "waiting":
      return (
        <span className="flex size-3.5 items-center justify-center rounded-full bg-warn-solid font-bold text-[10px] text-on-warn-solid leading-none">
          !
        </span>
      );
    case "failed":
      return <CircleX className="size-3.5 text-danger" aria-hidden />;
    case "archived":
      return <Archive className="size-3 text-subtle" aria-hidden />;
    case "idle":
      return unread ? (
        <span className="size-2 rounded-full bg-accent-text" />
      ) : (
        <CircleDashed className="size-3 text-subtle" aria-hidden />
      );
  }
}
