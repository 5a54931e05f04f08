"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Button } from "@heddle/ui/button";
import { Link } from "@heddle/ui/link";
import { SetupApproval } from "@heddle/ui/setup-approval";
import type { ApprovalItem } from "@heddle/ui/types";
import { canOn, useCanIn } from "../shell/use-workspace.ts";
import { useSetup } from "./use-setup.ts";

export type SetupRequestProps = { thread: ThreadView; item: ApprovalItem };

/** Where a thread waits for somebody to agree to the project's setup script. */
export function SetupRequest({ thread, item }: SetupRequestProps) {
  const { id: threadId, projectId } = thread;
  const { run, skip, pending, error } = useSetup(threadId, item.id);
  const canAgree = useCanIn(projectId, "project.manage");
  const canSkip = canOn(thread, "thread.prompt");
  return (
    <SetupApproval
      reason={item.reason}
      script={item.script ?? ""}
      hosts={item.hosts ?? []}
      onRun={canAgree ? run : undefined}
      onSkip={canSkip ? skip : undefined}
      pending={pending === "again" ? null : pending}
      error={error}
      settings={
        canAgree && (
          <Button size="sm" variant="ghost" asChild>
            <Link href={`/projects/${projectId}/settings`}>Change the script</Link>
          </Button>
        )
      }
    />
  );
}
