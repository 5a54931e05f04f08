"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Button } from "@heddle/ui/button";
import { lazyPart } from "@heddle/ui/lazy-part";
import { Tooltip } from "@heddle/ui/tooltip";
import { Lock, Users } from "lucide-react";
import { Suspense, useRef, useState } from "react";

const ShareDialog = lazyPart(() => import("./share-dialog.tsx").then((module) => module.ShareDialog));

/** Shows at a glance whether a thread is private, and opens who sees it. */
export function ShareButton({ thread }: { thread: ThreadView }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const hidden = thread.visibility === "private";
  const Icon = hidden ? Lock : Users;
  return (
    <>
      <Tooltip content={hidden ? "Private: who was let in, and auditors" : "Shared: everybody who sees the project"}>
        <Button
          ref={button}
          size="sm"
          variant="ghost"
          aria-label={`Share: ${hidden ? "private" : "shared"} thread`}
          onClick={() => setOpen(true)}
          className="max-sm:px-1.5"
        >
          <Icon aria-hidden /> <span className="max-sm:hidden">{hidden ? "Private" : "Shared"}</span>
        </Button>
      </Tooltip>
      <Suspense>{open && <ShareDialog thread={thread} onClose={() => setOpen(false)} returnFocus={button} />}</Suspense>
    </>
  );
}
