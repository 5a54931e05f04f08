"use client";
import { ErrorState } from "@heddle/ui/error-state";
import { useReturn } from "../features/shell/use-return.ts";

/** For what surrounds all pages; tries again by itself once the database is back. */
export default function ErrorPage({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  const tryAgain = error.name === "ChunkLoadError" ? () => window.location.reload() : retry;
  useReturn(tryAgain);
  return (
    <main className="h-dvh bg-canvas">
      <title>Error · Heddle</title>
      <ErrorState
        title="The page could not be shown"
        reason="Something went wrong on the server or in this page."
        code={error.digest}
        onRetry={tryAgain}
      />
    </main>
  );
}
