"use client";
import { Button } from "@heddle/ui/button";
import { lazyPart } from "@heddle/ui/lazy-part";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { type RefObject, Suspense, useRef } from "react";
import { messageOf } from "../shell/failure.ts";
import { useShell } from "../shell/shell-context.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useCan } from "../shell/use-workspace.ts";
import { useThreadContextMenu } from "../threads/use-thread-context-menu.tsx";
import { useThreadRows } from "../threads/use-thread-rows.ts";

/** Asked for at once: it is there before the threads are. */
import("./thread-list.tsx").catch(() => undefined);
const ThreadList = lazyPart(() => import("./thread-list.tsx").then((module) => module.ThreadList));
const loading = <SkeletonRows rows={8} label="Loading projects" className="px-4 py-2" />;

/** The projects with their threads, kept fresh by the event stream. */
export function ThreadsNav() {
  const scroller = useRef<HTMLElement>(null);
  const { data } = useQuery(useTRPC().threads.listAll.queryOptions());
  const { onContextMenu, menu } = useThreadContextMenu(data);
  return (
    <nav
      ref={scroller}
      aria-label="Threads"
      onContextMenu={onContextMenu}
      className="min-h-0 flex-1 overflow-y-auto overscroll-contain"
    >
      <Content scroller={scroller} />
      {menu}
    </nav>
  );
}

function Content({ scroller }: { scroller: RefObject<HTMLElement | null> }) {
  const trpc = useTRPC();
  const { addProject } = useShell();
  const projects = useQuery(trpc.projects.list.queryOptions());
  const threads = useQuery(trpc.threads.listAll.queryOptions());
  const rows = useThreadRows(threads.data);
  const canAdd = useCan("project.create");

  if (projects.isError || threads.isError) {
    return (
      <div
        role="alert"
        className="mx-3 my-2 flex flex-col items-start gap-2 rounded-md bg-danger-soft px-3 py-2 text-sm"
      >
        <p>{messageOf(projects.error ?? threads.error)}</p>
        <Button
          size="sm"
          onClick={() => {
            void projects.refetch();
            void threads.refetch();
          }}
        >
          Try again
        </Button>
      </div>
    );
  }
  if (!projects.data || !rows) return loading;
  if (projects.data.length === 0) {
    return (
      <div className="px-4 py-2 text-muted text-sm">
        <p className="mb-2">No projects yet. A project is a git repository that agents work on.</p>
        {canAdd && (
          <Button size="sm" onClick={addProject}>
            Add a project
          </Button>
        )}
      </div>
    );
  }
  return (
    <Suspense fallback={loading}>
      <ThreadList projects={projects.data} rows={rows} scroller={scroller} />
    </Suspense>
  );
}
