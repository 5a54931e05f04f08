"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Button } from "@heddle/ui/button";
import { PushDialog } from "@heddle/ui/push-dialog";
import { Tooltip } from "@heddle/ui/tooltip";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useId, useRef, useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { canOn } from "../shell/use-workspace.ts";

/** Sends a thread's committed branch to the project's repository; for repositories at an address only. */
export function PushButton({ thread }: { thread: ThreadView }) {
  const trpc = useTRPC();
  const { id: threadId, projectId, headCommit } = thread;
  const canPush = canOn(thread, "thread.push");
  const { data: project } = useQuery(trpc.projects.get.queryOptions({ projectId }));
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const reasonId = useId();
  const push = useMutation(trpc.threads.push.mutationOptions());
  if (!canPush || !project || !("url" in project.source) || headCommit === null) return null;
  const pushed = push.data?.commit === headCommit;
  const reason = pushed ? "The last commit is pushed." : reasonAgainst(thread);
  return (
    <>
      <Tooltip content={reason ?? "Send the committed branch to the repository"}>
        <Button
          size="sm"
          ref={trigger}
          onClick={() => {
            if (reason !== null) return;
            push.reset();
            setOpen(true);
          }}
          aria-disabled={reason !== null}
          aria-describedby={reason ? reasonId : undefined}
          className="aria-disabled:cursor-not-allowed aria-disabled:text-subtle"
        >
          <Upload aria-hidden /> {pushed ? "Pushed" : "Push"}
        </Button>
      </Tooltip>
      {reason && (
        <span id={reasonId} className="sr-only">
          {reason}
        </span>
      )}
      <PushDialog
        open={open}
        onClose={() => setOpen(false)}
        returnFocus={trigger}
        remote={project.source.url}
        branch={thread.branch}
        commit={headCommit}
        onPush={() => push.mutate({ threadId })}
        pending={push.isPending}
        pushed={pushed}
        error={messageOf(push.error)}
      />
    </>
  );
}

function reasonAgainst({ status }: ThreadView): string | null {
  if (status === "running") return "The agent is working. Push when its turn has ended.";
  if (status === "waiting") return "The agent waits for an answer. Push when its turn has ended.";
  return status === "archived" ? "The thread is archived." : null;
}
