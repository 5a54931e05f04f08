"use client";
import { ErrorState } from "@heddle/ui/error-state";

/** Keeps the sidebar when one page breaks. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <title>Error · Heddle</title>
      <ErrorState
        title="The page could not be shown"
        reason="Something went wrong in this page. What the agents do is not affected."
        code={error.digest}
        onRetry={reset}
      />
    </>
  );
}
