"use client";
import { Archive, ArchiveRestore } from "lucide-react";
import { Button } from "./button.tsx";
import { RelativeTime } from "./relative-time.tsx";
import type { Instant } from "./types.ts";

export type ArchivedBarProps = {
  archivedAt: Instant | null;
  /** Absent for those who may not. */
  onRestore?: () => void;
  restoring?: boolean;
  error?: string | null;
};

/** In place of the composer: an archived thread is read, and restored to go on. */
export function ArchivedBar({ archivedAt, onRestore, restoring, error }: ArchivedBarProps) {
  return (
    <div className="flex shrink-0 flex-wrap items-center justify-center gap-x-3 gap-y-2 border-line border-t bg-canvas px-4 py-3 text-muted text-sm">
      <p className="flex items-center gap-2">
        <Archive className="size-4 shrink-0 text-subtle" aria-hidden />
        <span>
          This thread is archived
          {archivedAt && (
            <>
              , <RelativeTime at={archivedAt} />
            </>
          )}
          .
        </span>
      </p>
      {onRestore && (
        <Button size="sm" onClick={onRestore} pending={restoring}>
          <ArchiveRestore aria-hidden /> {restoring ? "Restoring" : "Restore"}
        </Button>
      )}
      {error && (
        <p role="alert" className="basis-full text-center text-danger text-xs">
          {error}
        </p>
      )}
    </div>
  );
}
