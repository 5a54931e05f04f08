"use client";
import { ArchivedThreads } from "@heddle/ui/archived-threads";
import { Button } from "@heddle/ui/button";
import { Link } from "@heddle/ui/link";
import { ProjectGroup } from "@heddle/ui/project-group";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { sortThreads } from "@heddle/ui/sort-threads";
import { ThreadRow } from "@heddle/ui/thread-row";
import { Tooltip } from "@heddle/ui/tooltip";
import { useStored } from "@heddle/ui/use-stored";
import { useQuery } from "@tanstack/react-query";
import { Folder } from "lucide-react";
import { useParams } from "next/navigation";
import { useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { useShell } from "../shell/shell-context.ts";
import { type Outputs, useTRPC } from "../shell/trpc.ts";
import { useGo } from "../shell/use-go.ts";
import { useCan } from "../shell/use-workspace.ts";
import { useThreadContextMenu } from "../threads/use-thread-context-menu.tsx";
import { useThreadRows } from "../threads/use-thread-rows.ts";

type Project = Outputs["projects"]["list"][number];
type Rows = ReturnType<typeof useThreadRows>;

/** Threads that a project shows before it is asked for more. */
const shownAtFirst = 12;

/** The projects with their threads, kept fresh by the event stream. */
export function ProjectList() {
  const trpc = useTRPC();
  const { addProject } = useShell();
  const projects = useQuery(trpc.projects.list.queryOptions());
  const threads = useQuery(trpc.threads.listAll.queryOptions());
  const rows = useThreadRows(threads.data);
  const canAdd = useCan("project.create");
  const { onContextMenu, menu } = useThreadContextMenu(threads.data);

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
  if (!projects.data || !rows) return <SkeletonRows rows={8} label="Loading projects" className="px-4 py-2" />;
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
  const [archived, active] = [rows.filter(isArchived), rows.filter((row) => !isArchived(row))];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the menu of the links inside; each of them has it on its page, too
    <div onContextMenu={onContextMenu}>
      {projects.data.map((project) => (
        <ProjectEntry key={project.id} project={project} rows={active.filter((row) => row.projectId === project.id)} />
      ))}
      <Archived rows={archived} />
      {menu}
    </div>
  );
}

const isArchived = ({ status }: NonNullable<Rows>[number]) => status === "archived";

function Archived({ rows }: { rows: NonNullable<Rows> }) {
  const { threadId } = useParams<{ threadId?: string }>();
  const [open, setOpen] = useStored("heddle-archived-open", false);
  return (
    <ArchivedThreads
      threads={sortThreads(rows)}
      of="all projects"
      open={open}
      onOpenChange={setOpen}
      selectedId={threadId}
      hrefOf={({ id }) => `/threads/${id}`}
    />
  );
}

function ProjectEntry({ project, rows }: { project: Project; rows: NonNullable<Rows> }) {
  const go = useGo();
  const { threadId, projectId } = useParams<{ threadId?: string; projectId?: string }>();
  const [closed, setClosed] = useStored<string[]>("heddle-closed-projects", []);
  const [all, setAll] = useState(false);
  const canStart = project.permissions.includes("thread.create");
  const sorted = sortThreads(rows);
  const shown = all ? sorted : sorted.filter((row, index) => index < shownAtFirst || row.id === threadId);
  const others = closed.filter((id) => id !== project.id);

  return (
    <ProjectGroup
      project={project}
      waits={Boolean(project.remote?.offeredHostKey)}
      open={!closed.includes(project.id)}
      onOpenChange={(open) => setClosed(open ? others : [...others, project.id])}
      count={rows.length}
      onNewThread={canStart ? () => go(`/?project=${project.id}`) : undefined}
      actions={
        <Tooltip content="Open the project">
          <Link
            href={`/projects/${project.id}`}
            aria-label={`Open ${project.name}`}
            aria-current={projectId === project.id ? "page" : undefined}
            className="inline-flex size-6 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-fg aria-[current]:bg-selected pointer-coarse:size-9"
          >
            <Folder className="size-3.5" aria-hidden />
          </Link>
        </Tooltip>
      }
    >
      {shown.map((row) => (
        <ThreadRow key={row.id} thread={row} href={`/threads/${row.id}`} selected={row.id === threadId} />
      ))}
      {shown.length < sorted.length && (
        <Button size="sm" variant="ghost" onClick={() => setAll(true)} className="justify-start pl-7.5">
          Show {sorted.length - shown.length} more
        </Button>
      )}
      {rows.length === 0 && project.status === "ready" && <p className="px-7.5 py-1 text-subtle text-xs">No threads</p>}
    </ProjectGroup>
  );
}
