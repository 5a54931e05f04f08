"use client";
import { Button } from "@heddle/ui/button";
import { IconButton } from "@heddle/ui/icon-button";
import { lazyPart } from "@heddle/ui/lazy-part";
import { statusLabel } from "@heddle/ui/status-dot";
import { useQuery } from "@tanstack/react-query";
import { FolderPlus } from "lucide-react";
import { Suspense } from "react";
import { useShell } from "../shell/shell-context.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useCan } from "../shell/use-workspace.ts";
import { isFiltered, noFilter } from "./list-entries.ts";
import { useSidebarView } from "./use-sidebar-view.ts";

const FilterMenu = lazyPart(() => import("./filter-menu.tsx").then((module) => module.FilterMenu));

/** Above the list of threads: what it is filtered by. */
export function ListHeader() {
  const { addProject } = useShell();
  const canAdd = useCan("project.create");
  const { filter, ready, change } = useSidebarView();
  const projects = useQuery(useTRPC().projects.list.queryOptions()).data;
  const project = projects?.find(({ id }) => id === filter.projectId);
  const parts = [
    filter.mine && "Mine",
    filter.status && statusLabel({ status: filter.status }),
    filter.projectId && (project?.name ?? "A project that is gone"),
  ].filter((part) => typeof part === "string");
  return (
    <>
      <div className="mt-4 flex h-7 items-center pr-2 pl-4">
        <p className="flex-1 font-medium text-subtle text-xs">Threads</p>
        {ready && (
          <Suspense fallback={<span className="size-6" />}>
            <FilterMenu filter={filter} onChange={(next) => change({ filter: next })} />
          </Suspense>
        )}
        {canAdd && <IconButton icon={FolderPlus} label="Add a project" size="sm" onClick={addProject} />}
      </div>
      {isFiltered(filter) && (
        <div className="flex items-center gap-2 pr-2 pb-1 pl-4 text-xs">
          <span className="min-w-0 flex-1 truncate text-accent-text">{parts.join(" · ")}</span>
          <Button size="sm" variant="ghost" onClick={() => change({ filter: noFilter })}>
            Show all
          </Button>
        </div>
      )}
    </>
  );
}
