"use client";
import { RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

export type ErrorStateProps = {
  /** What did not work: "The diff could not be loaded". */
  title: string;
  /** As of `EmptyState`. */
  as?: "h1" | "h2";
  /** Why, as a sentence. */
  reason?: ReactNode;
  /** What the reader can do. */
  advice?: ReactNode;
  code?: string;
  onRetry?: () => void;
  retrying?: boolean;
  action?: ReactNode;
  className?: string;
};

export function ErrorState(props: ErrorStateProps) {
  const { title, as: Title = "h2", reason, advice, code, onRetry, retrying, action, className } = props;
  return (
    <div
      role="alert"
      className={cn("flex h-full flex-col items-center justify-center gap-1 p-8 text-center", className)}
    >
      <TriangleAlert className="mb-2 size-6 text-danger" strokeWidth={1.5} aria-hidden />
      <Title className="font-medium text-base">{title}</Title>
      {reason && <p className="max-w-md text-muted text-sm">{reason}</p>}
      {advice && <p className="max-w-md text-muted text-sm">{advice}</p>}
      {code && <p className="font-mono text-subtle text-xs">{code}</p>}
      {(onRetry || action) && (
        <div className="mt-3 flex flex-wrap justify-center gap-2">
          {onRetry && (
            <Button onClick={onRetry} pending={retrying}>
              <RotateCw aria-hidden /> Try again
            </Button>
          )}
          {action}
        </div>
      )}
    </div>
  );
}
