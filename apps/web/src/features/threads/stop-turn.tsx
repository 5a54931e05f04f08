"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { StopButton } from "@heddle/ui/stop-button";
import { useStop } from "./use-stop.ts";

/** The button and the keys that end the running turn. */
export function StopTurn({ thread }: { thread: ThreadView }) {
  const { stop, stopping } = useStop(thread);
  return <StopButton onStop={stop} stopping={stopping} />;
}
