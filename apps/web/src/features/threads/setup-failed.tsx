"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Button } from "@heddle/ui/button";
import { Link } from "@heddle/ui/link";
import { RotateCw, SkipForward } from "lucide-react";
import { canOn, useCanIn } from "../shell/use-workspace.ts";
import { useSetup } from "./use-setup.ts";

/** What can be done about a setup script that failed; the thread does not go on without. */
export function SetupFailed({ thread }: { thread: ThreadView }) {
  const { id: threadId, projectId } = thread;
  const { again, skip, pending, error } = useSetup(threadId);
  const canManage = useCanIn(projectId, "project.manage");
  if (!canOn(thread, "thread.prompt")) return null;
  return (
    <>
      <Button size="sm" onClick={again} pending={pending === "again"} disabled={pending !== null}>
        <RotateCw aria-hidden /> Run again
      </Button>
      <Button size="sm" onClick={skip} pending={pending === "skip"} disabled={pending !== null}>
        <SkipForward aria-hidden /> Skip for this thread
      </Button>
      {canManage && (
        <Button size="sm" variant="ghost" asChild>
          <Link href={`/projects/${projectId}/settings`}>Change the script</Link>
        </Button>
      )}
      {error && (
        <p role="alert" className="basis-full text-danger text-xs">
          {error}
        </p>
      )}
    </>
  );
}
