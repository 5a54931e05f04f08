"use client";
import { ErrorState } from "@heddle/ui/error-state";
import { useEffect, useRef } from "react";
import { useLiveStatus } from "../../features/live/live-provider.tsx";

type Props = { error: Error & { digest?: string }; retry: () => void };

/** Keeps the sidebar when one page breaks; tries again by itself once a lost connection is back. */
export default function ErrorPage({ error, retry }: Props) {
  const status = useLiveStatus();
  const before = useRef(status);
  useEffect(() => {
    if (before.current !== "live" && status === "live") retry();
    before.current = status;
  }, [status, retry]);
  return (
    <>
      <title>Error · Heddle</title>
      <ErrorState
        title="The page could not be shown"
        reason="A part of Heddle does not answer, or something is wrong with this page. What the agents do is not affected."
        code={error.digest}
        onRetry={retry}
      />
    </>
  );
}
