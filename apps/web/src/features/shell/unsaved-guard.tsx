"use client";
import { AlertDialog } from "@heddle/ui/alert-dialog";
import { useEffect, useState } from "react";
import { guardLeaving } from "./leaving.ts";

/** As long as something is not saved, asks before the page is left. */
export function UnsavedGuard({ dirty }: { dirty: boolean }) {
  const [go, setGo] = useState<(() => void) | null>(null);
  useEffect(() => (dirty ? guardLeaving((next) => setGo(() => next)) : undefined), [dirty]);
  return (
    <AlertDialog
      open={go !== null}
      onOpenChange={() => setGo(null)}
      title="Leave without saving?"
      description="What you changed on this page is lost."
      confirmLabel="Leave"
      onConfirm={() => {
        setGo(null);
        go?.();
      }}
    />
  );
}
