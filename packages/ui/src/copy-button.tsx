"use client";
import { Check, Copy, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { IconButton } from "./icon-button.tsx";

export type CopyButtonProps = {
  text: string;
  /** What is copied: "Copy command". */
  label?: string;
  /** Shows the label as text. */
  showLabel?: boolean;
  className?: string;
};

export function CopyButton({ text, label = "Copy", showLabel, className }: CopyButtonProps) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);

  function copy() {
    const done = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject(new Error("no clipboard"));
    done.then(
      () => setState("copied"),
      () => setState("failed"),
    );
  }

  const icon = { idle: Copy, copied: Check, failed: TriangleAlert }[state];
  const text_ = { idle: label, copied: "Copied", failed: "Copying is not allowed here: select the text" }[state];
  const Icon = icon;
  return (
    <>
      {showLabel ? (
        <Button size="sm" onClick={copy} className={className}>
          <Icon aria-hidden /> {state === "idle" ? label : text_}
        </Button>
      ) : (
        <IconButton icon={icon} label={text_} size="sm" onClick={copy} className={className} />
      )}
      <span role="status" className="sr-only">
        {state === "idle" ? "" : text_}
      </span>
    </>
  );
}
