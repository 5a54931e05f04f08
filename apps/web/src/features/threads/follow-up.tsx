"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Button } from "@heddle/ui/button";
import { lazyPart } from "@heddle/ui/lazy-part";
import { TypingLine } from "@heddle/ui/people-here";
import { useShortcuts } from "@heddle/ui/use-shortcuts";
import { ArrowUp, MessageSquare } from "lucide-react";
import { Suspense, useEffect, useRef, useState } from "react";
import { usePeopleHere } from "../live/live-provider.tsx";
import { composerAfterButton, focusComment } from "../shell/keys.ts";
import { canOn, useWorkspace } from "../shell/use-workspace.ts";
import { WritePrompt } from "./write-prompt.tsx";

const ThreadArchived = lazyPart(() => import("./thread-archived.tsx").then((module) => module.ThreadArchived));
const WriteComment = lazyPart(() => import("./write-comment.tsx").then((module) => module.WriteComment));

/** Below a conversation: where the next prompt is written, or why none can be. */
export function FollowUp({ thread }: { thread: ThreadView }) {
  const typing = usePeopleHere(thread.id).filter((person) => person.typing);
  const archived = thread.status === "archived";
  const wasArchived = useRef(archived);
  useEffect(() => {
    const lost = document.activeElement === document.body;
    if (wasArchived.current && !archived && lost) composerAfterButton()?.focus();
    wasArchived.current = archived;
  }, [archived]);
  if (archived) {
    return (
      <Suspense fallback={<div className="h-13 shrink-0" />}>
        <ThreadArchived thread={thread} />
      </Suspense>
    );
  }
  return (
    <>
      <TypingLine people={typing} />
      <Place thread={thread} />
    </>
  );
}

function Place({ thread }: { thread: ThreadView }) {
  const workspace = useWorkspace().data;
  const [commenting, setCommenting] = useState(false);
  const moved = useRef(false);
  const to = (comment: boolean) => () => {
    moved.current = true;
    setCommenting(comment);
    focusComment();
  };
  useShortcuts({ "g m": to(true) });
  if (!canOn(thread, "thread.comment")) {
    return (
      workspace && (
        <p className="shrink-0 border-line border-t px-4 py-3 text-center text-muted text-sm">
          {workspace.permissions.includes("thread.comment")
            ? "You may read this thread and not write in it."
            : `Your role (${workspace.role}) reads threads and does not write in them.`}
        </p>
      )
    );
  }
  const canPrompt = canOn(thread, "thread.prompt");
  if (canPrompt && !commenting) {
    const tools = (
      <Button size="sm" variant="ghost" onClick={to(true)}>
        <MessageSquare aria-hidden /> Comment instead
      </Button>
    );
    return <WritePrompt thread={thread} autoFocus={moved.current} tools={tools} />;
  }
  return (
    <Suspense fallback={<div className="h-25 shrink-0" />}>
      <WriteComment
        thread={thread}
        autoFocus={canPrompt}
        tools={
          canPrompt && (
            <Button size="sm" variant="ghost" onClick={to(false)}>
              <ArrowUp aria-hidden /> Prompt instead
            </Button>
          )
        }
      />
    </Suspense>
  );
}
