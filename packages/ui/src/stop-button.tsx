"use client";
import { Square } from "lucide-react";
import { Button } from "./button.tsx";
import { Kbd } from "./kbd.tsx";
import { useStopKeys } from "./use-stop-keys.ts";

export type StopButtonProps = { onStop: () => void; stopping: boolean };

/** Ends the running turn: by a click, by Esc pressed twice, or by ⌘/Ctrl+. */
export function StopButton({ onStop, stopping }: StopButtonProps) {
  const armed = useStopKeys(stopping ? undefined : onStop);
  return (
    <>
      <Button
        size="sm"
        onClick={onStop}
        pending={stopping}
        aria-keyshortcuts="Escape Control+. Meta+."
        className={armed ? "border-danger text-danger" : undefined}
      >
        <Square className="size-3! fill-current" aria-hidden />
        {stopping ? "Stopping" : armed ? "Press Esc again to stop" : "Stop"}
        {!armed && !stopping && <Kbd keys={["Esc"]} className="max-sm:hidden pointer-coarse:hidden" />}
      </Button>
      <span role="status" className="sr-only">
        {armed ? "Press Escape again to stop the turn" : stopping ? "Stopping the turn" : ""}
      </span>
    </>
  );
}
