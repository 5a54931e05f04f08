"use client";
import { lazyPart } from "@heddle/ui/lazy-part";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { Tabs } from "@heddle/ui/tabs";
import { Suspense } from "react";
import { ThreadChanges } from "./thread-changes.tsx";
import { useThread } from "./use-thread.ts";
import { useThreadAddress } from "./use-thread-address.ts";

const ThreadDetails = lazyPart(() => import("./thread-details.tsx").then((module) => module.ThreadDetails));
const loadingDetails = <SkeletonRows rows={12} label="Loading the details" className="p-4" />;

/** The column of a thread's work beside its conversation. */
export function ThreadWork({ threadId }: { threadId: string }) {
  const { data: thread } = useThread(threadId);
  const { tab, show } = useThreadAddress();
  return (
    <Tabs
      label="Work"
      value={tab ?? "changes"}
      onValueChange={(value) => show({ tab: value === "details" ? "details" : "changes" })}
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
          content: thread ? (
            <ThreadChanges thread={thread} />
          ) : (
            <SkeletonRows rows={12} label="Loading the changes" className="p-4" />
          ),
        },
        {
          value: "details",
          label: "Details",
          content: (
            <Suspense fallback={loadingDetails}>{thread ? <ThreadDetails thread={thread} /> : loadingDetails}</Suspense>
          ),
        },
      ]}
    />
  );
}
