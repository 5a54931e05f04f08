"use client";
import { ErrorState } from "@heddle/ui/error-state";

export default function ErrorPage({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <main className="h-dvh bg-canvas">
      <title>Error · Heddle</title>
      <ErrorState
        title="The page could not be shown"
        reason="Something went wrong on the server or in this page."
        code={error.digest}
        onRetry={retry}
      />
    </main>
  );
}
