"use client";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { Tabs } from "@heddle/ui/tabs";
import { lazy, Suspense } from "react";
import { useThread } from "./use-thread.ts";
import { useThreadAddress } from "./use-thread-address.ts";

const ThreadChanges = lazy(() => import("./thread-changes.tsx").then((module) => ({ default: module.ThreadChanges })));

/** The column of a thread's work beside its conversation. */
export function ThreadWork({ threadId }: { threadId: string }) {
  const { data: thread } = useThread(threadId);
  const { tab, setTab } = useThreadAddress();
  const loading = <SkeletonRows rows={12} label="Loading the changes" className="p-4" />;
  return (
    <Tabs
      label="Work"
      value={tab ?? "changes"}
      onValueChange={() => void setTab("changes")}
      className="h-full"
      tabs={[
        {
          value: "changes",
          label: (
            <>
              Changes
              {thread !== undefined && thread.filesModified > 0 && (
                <span className="text-subtle text-xs">{thread.filesModified}</span>
              )}
            </>
          ),
          content: <Suspense fallback={loading}>{thread ? <ThreadChanges thread={thread} /> : loading}</Suspense>,
        },
      ]}
    />
  );
}
