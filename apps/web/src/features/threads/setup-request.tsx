"use client";
import { Button } from "@heddle/ui/button";
import { Link } from "@heddle/ui/link";
import { SetupApproval } from "@heddle/ui/setup-approval";
import type { ApprovalItem } from "@heddle/ui/types";
import { useCanIn } from "../shell/use-workspace.ts";
import { useSetup } from "./use-setup.ts";

export type SetupRequestProps = { threadId: string; projectId: string; item: ApprovalItem };

/** Where a thread waits for somebody to agree to the project's setup script. */
export function SetupRequest({ threadId, projectId, item }: SetupRequestProps) {
  const { run, skip, pending, error } = useSetup(threadId, item.id);
  const canAgree = useCanIn(projectId, "project.manage");
  const canSkip = useCanIn(projectId, "thread.prompt");
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
