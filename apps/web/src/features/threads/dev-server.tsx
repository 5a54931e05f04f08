"use client";
import type { DevView, ThreadView } from "@heddle/db/threads.schema";
import { Badge, type Tone } from "@heddle/ui/badge";
import { Button } from "@heddle/ui/button";
import { CommandOutput } from "@heddle/ui/command-output";
import { Link } from "@heddle/ui/link";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ExternalLink, Play, Square } from "lucide-react";
import { useLiveThread } from "../live/live-provider.tsx";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { canOn, useCanIn } from "../shell/use-workspace.ts";

const states: Record<DevView["status"], { tone: Tone; label: string }> = {
  stopped: { tone: "neutral", label: "Stopped" },
  starting: { tone: "accent", label: "Starting" },
  running: { tone: "success", label: "Running" },
  stopping: { tone: "neutral", label: "Stopping" },
  failed: { tone: "danger", label: "Ended by itself" },
};
/** While it starts or stops, nothing of the thread's own may change. */
const pollMs = 1_000;

/** The thread's dev command: start, stop, where it answers, what it prints. */
export function DevServer({ thread }: { thread: ThreadView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const threadId = thread.id;
  const queryKey = trpc.threads.dev.queryKey({ threadId });
  const { data, error, refetch } = useQuery(
    trpc.threads.dev.queryOptions(
      { threadId },
      { refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? pollMs : 5 * pollMs) },
    ),
  );
  const take = { onSuccess: (next: DevView) => queryClient.setQueryData(queryKey, next) };
  const start = useMutation(trpc.threads.startDev.mutationOptions(take));
  const stop = useMutation(trpc.threads.stopDev.mutationOptions(take));
  const log = useLiveThread(threadId).items.find(({ id }) => id === data?.itemId);
  const canPrompt = canOn(thread, "thread.prompt");
  const canManage = useCanIn(thread.projectId, "project.manage");

  if (error && !data) {
    return (
      <p role="alert" className="flex flex-wrap items-center gap-2 text-danger text-sm">
        {messageOf(error)}
        <Button size="sm" onClick={() => refetch()}>
          Try again
        </Button>
      </p>
    );
  }
  if (!data) return <SkeletonRows rows={2} label="Loading the dev server" />;
  if (data.command === null) {
    return (
      <p className="text-muted text-sm">
        The project has no dev command.{" "}
        {canManage && (
          <Link href={`/projects/${thread.projectId}/settings`} className="text-accent-text underline">
            Write one
          </Link>
        )}
      </p>
    );
  }
  const up = data.status === "running" || data.status === "starting";
  const { tone, label } = states[data.status];
  const failure = messageOf(start.error ?? stop.error);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{label}</Badge>
        <span className="ml-auto flex items-center gap-2">
          {data.url && data.status === "running" && (
            <Button size="sm" asChild>
              <a href={data.url} target="_blank" rel="noreferrer">
                <ExternalLink aria-hidden /> Open
              </a>
            </Button>
          )}
          {canPrompt &&
            (up || data.status === "stopping" ? (
              <Button
                size="sm"
                onClick={() => stop.mutate({ threadId })}
                pending={stop.isPending || data.status === "stopping"}
              >
                <Square aria-hidden /> Stop
              </Button>
            ) : (
              <Button
                size="sm"
                onClick={() => start.mutate({ threadId })}
                pending={start.isPending}
                disabled={thread.status === "archived"}
              >
                <Play aria-hidden /> Start
              </Button>
            ))}
        </span>
      </div>
      {failure && (
        <p role="alert" className="text-danger text-xs">
          {failure}
        </p>
      )}
      {log?.type === "commandExecution" ? (
        <CommandOutput item={log} />
      ) : (
        <code className="font-mono text-muted text-xs [overflow-wrap:anywhere]">{data.command}</code>
      )}
    </div>
  );
}

function isMoving({ status }: DevView): boolean {
  return status === "starting" || status === "stopping";
}
