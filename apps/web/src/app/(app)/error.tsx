"use client";
import { ErrorState } from "@heddle/ui/error-state";
import { useEffect, useEffectEvent, useRef } from "react";
import { useLiveStatus } from "../../features/live/live-provider.tsx";

type Props = { error: Error & { digest?: string }; retry: () => void };

/** Keeps the sidebar when one page breaks; tries again by itself once a lost connection is back. */
export default function ErrorPage({ error, retry }: Props) {
  const status = useLiveStatus();
  const before = useRef(status);
  // A script that could not be fetched belongs to another version of Heddle, or React keeps its failure: only a new page helps.
  const tryAgain = error.name === "ChunkLoadError" ? () => window.location.reload() : retry;
  const atReturn = useEffectEvent(tryAgain);
  useEffect(() => {
    if (before.current !== "live" && status === "live") atReturn();
    before.current = status;
  }, [status]);
  return (
    <>
      <title>Error · Heddle</title>
      <ErrorState
        title="The page could not be shown"
        reason="A part of Heddle does not answer, or something is wrong with this page. What the agents do is not affected."
        code={error.digest}
        onRetry={tryAgain}
      />
    </>
  );
}
