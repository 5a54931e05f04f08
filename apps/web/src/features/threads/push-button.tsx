"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Button } from "@heddle/ui/button";
import { Tooltip } from "@heddle/ui/tooltip";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useId } from "react";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";
import { canOn } from "../shell/use-workspace.ts";

/** Sends a thread's committed branch to the project's repository; for repositories at an address only. */
export function PushButton({ thread }: { thread: ThreadView }) {
  const trpc = useTRPC();
  const { id: threadId, projectId, headCommit } = thread;
  const canPush = canOn(thread, "thread.push");
  const project = useQuery(trpc.projects.get.queryOptions({ projectId }));
  const reasonId = useId();
  const push = useMutation(
    trpc.threads.push.mutationOptions({
      onSuccess: ({ branch, commit, remote }) =>
        notify("Pushed", { description: `${commit.slice(0, 12)} is on ${branch} at ${remote}.` }),
      onError: (error) =>
        notify("Not pushed", {
          description: messageOf(error) ?? undefined,
          action: { label: "Try again", onClick: () => push.mutate({ threadId }) },
        }),
    }),
  );
  if (!canPush || !project.data?.remote || headCommit === null) return null;
  const pushed = push.data?.commit === headCommit;
  const reason = pushed ? "The last commit is pushed." : reasonAgainst(thread);
  return (
    <>
      <Tooltip content={reason ?? "Send the committed branch to the repository"}>
        <Button
          size="sm"
          pending={push.isPending}
          onClick={() => reason === null && push.mutate({ threadId })}
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
    </>
  );
}

function reasonAgainst({ status }: ThreadView): string | null {
  if (status === "running") return "The agent is working. Push when its turn has ended.";
  if (status === "waiting") return "The agent waits for an answer. Push when its turn has ended.";
  return status === "archived" ? "The thread is archived." : null;
}
