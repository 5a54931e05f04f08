"use client";
import { lazyPart } from "@heddle/ui/lazy-part";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";

const DiffBody = lazyPart(() => import("@heddle/ui/diff-body").then((module) => module.DiffBody));

type TurnFileDiffProps = { threadId: string; turnId: string; path: string };

/** What a turn made of one file, below the row that names it. */
export function TurnFileDiff({ threadId, turnId, path }: TurnFileDiffProps) {
  const { data, error } = useQuery(useTRPC().threads.diff.queryOptions({ threadId, turnId }));
  const file = data?.files.find((other) => other.path === path || other.oldPath === path);
  const loading = <SkeletonRows rows={4} label="Loading the diff" className="p-3" />;
  return (
    <div className="overflow-hidden rounded-md border border-line bg-surface">
      {error ? (
        <p role="alert" className="px-3 py-2 text-danger text-sm">
          {messageOf(error)}
        </p>
      ) : !data ? (
        loading
      ) : file ? (
        <Suspense fallback={loading}>
          <DiffBody file={file} />
        </Suspense>
      ) : (
        <p className="px-3 py-2 text-muted text-sm">By the end of the turn this file is as it was before.</p>
      )}
    </div>
  );
}
