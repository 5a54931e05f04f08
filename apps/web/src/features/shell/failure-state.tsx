"use client";
import { Button } from "@heddle/ui/button";
import { EmptyState } from "@heddle/ui/empty-state";
import { ErrorState } from "@heddle/ui/error-state";
import { Link } from "@heddle/ui/link";
import { Lock, SearchX } from "lucide-react";
import { failureOf } from "./failure.ts";

export type FailureStateProps = {
  /** What did not work: "The thread could not be loaded". */
  title: string;
  error: unknown;
  onRetry: () => void;
  retrying?: boolean;
};

/** In place of what could not be loaded: not allowed, not there, or failed with a way to try again. */
export function FailureState({ title, error, onRetry, retrying }: FailureStateProps) {
  const { code, message } = failureOf(error);
  if (code === "FORBIDDEN") return <NoPermission>{message}</NoPermission>;
  if (code === "NOT_FOUND") {
    return (
      <EmptyState icon={SearchX} title="Not found" action={<ToStart />}>
        {message}
      </EmptyState>
    );
  }
  return <ErrorState title={title} reason={message} onRetry={onRetry} retrying={retrying} />;
}

export function NoPermission({ children }: { children: string }) {
  return (
    <EmptyState icon={Lock} title="Your role does not allow this" action={<ToStart />}>
      {children} An owner or admin of the workspace can change roles.
    </EmptyState>
  );
}

export function ToStart() {
  return (
    <Button asChild>
      <Link href="/">Go to the start page</Link>
    </Button>
  );
}
