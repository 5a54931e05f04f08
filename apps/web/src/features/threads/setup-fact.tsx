"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Badge, type Tone } from "@heddle/ui/badge";
import { Button } from "@heddle/ui/button";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../shell/trpc.ts";
import { canOn } from "../shell/use-workspace.ts";
import { useSetup } from "./use-setup.ts";

const states: Record<ThreadView["setupStatus"], { tone: Tone; label: string }> = {
  none: { tone: "neutral", label: "Runs before the next turn" },
  asked: { tone: "strong", label: "Waits for agreement" },
  running: { tone: "accent", label: "Running" },
  done: { tone: "success", label: "Done" },
  failed: { tone: "danger", label: "Failed" },
  skipped: { tone: "neutral", label: "Skipped" },
};

/** How far the worktree's setup is; it can be run again. */
export function SetupFact({ thread }: { thread: ThreadView }) {
  const { again, pending, error } = useSetup(thread.id);
  const canPrompt = canOn(thread, "thread.prompt");
  const environment = useQuery(useTRPC().projects.environment.queryOptions({ projectId: thread.projectId })).data;
  const { tone, label } = states[thread.setupStatus];
  const open = thread.status === "idle" || thread.status === "failed";
  const repeatable = ["done", "failed", "skipped"].includes(thread.setupStatus);
  if (thread.setupStatus === "none" && environment?.setupScript === null) {
    return <span className="text-muted">The project has no setup script</span>;
  }
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Badge tone={tone}>{label}</Badge>
      {canPrompt && open && repeatable && (
        <Button size="sm" variant="ghost" onClick={again} pending={pending === "again"} className="-my-1">
          {thread.setupStatus === "failed" ? "Run again" : "Run before the next turn"}
        </Button>
      )}
      {error && (
        <span role="alert" className="text-danger text-xs">
          {error}
        </span>
      )}
    </span>
  );
}
