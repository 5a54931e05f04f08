"use client";
import { Pencil, RotateCw, TriangleAlert } from "lucide-react";
import { Button } from "./button.tsx";
import { explainError } from "./explain-error.ts";
import { Link } from "./link.tsx";
import { RelativeTime } from "./relative-time.tsx";
import type { ErrorItem } from "./types.ts";

export type ErrorItemViewProps = {
  item: ErrorItem;
  /** Absent when nothing can be tried again. */
  onRetry?: () => void;
  onEdit?: () => void;
  retrying?: boolean;
};

/** Why a turn ended early: what, why, and what to do about it. */
export function ErrorItemView({ item, retrying, ...actions }: ErrorItemViewProps) {
  const { title, advice, place, toldAbove } = explainError(item.code);
  const message = toldAbove ? (item.message.split("\n", 1)[0] ?? "").replace(/ Its last lines:$/, "") : item.message;
  const { onRetry, onEdit } = toldAbove ? {} : actions;
  const repeats = message.replace(/\.$/, "") === title;
  if (item.retried) {
    return (
      <div className="flex min-h-7 items-start gap-2 py-1 pr-1.5 pl-1.5 text-muted text-sm">
        <TriangleAlert className="mt-[3px] size-3.5 shrink-0 text-subtle" role="img" aria-label="Error" />
        <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
          {title}; tried again. {!repeats && message}
        </p>
        <RelativeTime at={item.createdAt} className="shrink-0 text-subtle text-xs leading-5" />
      </div>
    );
  }
  return (
    <div className="my-2 flex items-start gap-2.5 rounded-lg border border-danger/30 bg-danger-soft px-3 py-2.5">
      <TriangleAlert className="mt-0.5 size-4 shrink-0 text-danger" role="img" aria-label="Error" />
      <div className="min-w-0 flex-1 text-sm">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium text-fg">{title}</span>
          <code className="font-mono text-2xs text-muted">{item.code}</code>
        </p>
        {!repeats && <p className="whitespace-pre-wrap text-fg [overflow-wrap:anywhere]">{message}</p>}
        {advice && (onRetry || onEdit) && <p className="text-muted">{advice}</p>}
        {(onRetry || onEdit) && (
          <div className="mt-2 flex flex-wrap gap-2">
            {onRetry && (
              <Button size="sm" onClick={onRetry} pending={retrying}>
                <RotateCw aria-hidden /> Try again
              </Button>
            )}
            {onEdit && (
              <Button size="sm" variant="ghost" onClick={onEdit} disabled={retrying}>
                <Pencil aria-hidden /> Edit and resend
              </Button>
            )}
            {place && (
              <Button size="sm" variant="ghost" asChild>
                <Link href={place.href}>{place.label}</Link>
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
