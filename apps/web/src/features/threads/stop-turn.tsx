"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { StopButton } from "@heddle/ui/stop-button";
import { composerAfterButton } from "../shell/keys.ts";
import { useStop } from "./use-stop.ts";

/** The button and the keys that end the running turn. */
export function StopTurn({ thread }: { thread: ThreadView }) {
  const { stop, stopping } = useStop(thread);

  function onStop() {
    stop();
    composerAfterButton()?.focus();
  }

  return <StopButton onStop={onStop} stopping={stopping} />;
}
