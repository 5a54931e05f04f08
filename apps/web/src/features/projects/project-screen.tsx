"use client";
import { ArchivedThreads } from "@heddle/ui/archived-threads";
import { Badge } from "@heddle/ui/badge";
import { Button } from "@heddle/ui/button";
import { ErrorState } from "@heddle/ui/error-state";
import { Link } from "@heddle/ui/link";
import { RelativeTime } from "@heddle/ui/relative-time";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { sortThreads } from "@heddle/ui/sort-threads";
import { ThreadRow } from "@heddle/ui/thread-row";
import { Tooltip } from "@heddle/ui/tooltip";
import { useQuery } from "@tanstack/react-query";
import { RefreshCw, Settings2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { FailureState } from "../shell/failure-state.tsx";
import { Screen } from "../shell/screen.tsx";
import { type Outputs, useTRPC } from "../shell/trpc.ts";
import { NewThread } from "../threads/new-thread.tsx";
import { useThreadContextMenu } from "../threads/use-thread-context-menu.tsx";
import { useThreadRows } from "../threads/use-thread-rows.ts";
import { addressOf, PublicKey, SourceState } from "./project-source.tsx";
import { useRemote } from "./use-remote.ts";

type Project = Outputs["projects"]["get"];

/** One repository: its state, a new thread, its threads. */
export function ProjectScreen({ projectId }: { projectId: string }) {
  const trpc = useTRPC();
  const project = useQuery(trpc.projects.get.queryOptions({ projectId }));
  // Asked for together with what this page waits for.
  useQuery(trpc.providers.models.queryOptions());
  const { data } = project;
  return (
    <Screen
      title={data?.name ?? "Project"}
      meta={data && <Status project={data} />}
      actions={
        data && (
          <>
            {data.status === "ready" && <FetchButton project={data} />}
            <Tooltip content="Settings of the project">
              <Link
                href={`/projects/${projectId}/settings`}
                aria-label={`Settings of ${data.name}`}
                className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-fg pointer-coarse:size-10"
              >
                <Settings2 className="size-4" aria-hidden />
              </Link>
            </Tooltip>
          </>
        )
      }
    >
      {data ? (
        <Content project={data} />
      ) : project.isError ? (
        <FailureState title="The project could not be loaded" error={project.error} onRetry={project.refetch} />
      ) : (
        <SkeletonRows rows={10} label="Loading the project" className="mx-auto w-full max-w-[47.5rem] p-6" />
      )}
    </Screen>
  );
}

function Status({ project }: { project: Project }) {
  if (project.remote?.offeredHostKey) return <Badge tone="warn">Waits for you</Badge>;
  if (project.status === "cloning") return <Badge tone="accent">Reading the repository</Badge>;
  if (project.reasonCode === "FETCH_CANCELLED") return <Badge>Cancelled</Badge>;
  if (project.status === "failed") return <Badge tone="danger">Failed</Badge>;
  if (project.reason === null) return null;
  return <Badge tone="warn">{project.remote ? "Cannot fetch" : "Source gone"}</Badge>;
}

function Content({ project }: { project: Project }) {
  const canStart = project.permissions.includes("thread.create");
  if (project.status === "failed") return <Failed project={project} />;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex max-w-[47.5rem] flex-col gap-4 py-6">
        <Facts project={project} />
        <SourceState project={project} />
        {canStart && <NewThread project={project} placeholder="Ask for a change" />}
        <Threads projectId={project.id} />
      </div>
    </div>
  );
}

function Facts({ project }: { project: Project }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 px-5 text-sm">
      <dt className="text-subtle">{"url" in project.source ? "Address" : "Folder"}</dt>
      <dd className="font-mono text-xs leading-5 [overflow-wrap:anywhere]">{addressOf(project)}</dd>
      {project.defaultBranch && (
        <>
          <dt className="text-subtle">Default branch</dt>
          <dd className="font-mono text-xs leading-5">{project.defaultBranch}</dd>
        </>
      )}
      {project.fetchedAt && (
        <>
          <dt className="text-subtle">Last fetched</dt>
          <dd>
            <RelativeTime at={project.fetchedAt} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Failed({ project }: { project: Project }) {
  const canManage = project.permissions.includes("project.manage");
  const { fetch } = useRemote(project.id);
  return (
    <div className="flex h-full min-h-0 flex-1 flex-col items-center justify-center overflow-y-auto">
      <ErrorState
        className="h-auto"
        title={
          project.reasonCode === "FETCH_CANCELLED"
            ? `The repository of ${project.name} has not been read`
            : `The repository of ${project.name} could not be read`
        }
        reason={messageOf(fetch.error) ?? project.reason}
        advice={<code className="font-mono text-xs [overflow-wrap:anywhere]">{addressOf(project)}</code>}
        onRetry={canManage ? () => fetch.mutate({ projectId: project.id }) : undefined}
        retrying={fetch.isPending}
        action={
          canManage &&
          project.remote && (
            <Button asChild>
              <Link href={`/projects/${project.id}/settings`}>Change the address or the credential</Link>
            </Button>
          )
        }
      />
      <div className="w-full max-w-xl pb-8">
        <PublicKey project={project} />
      </div>
    </div>
  );
}

function FetchButton({ project }: { project: Project }) {
  const { fetch } = useRemote(project.id);
  if (!project.permissions.includes("project.manage")) return null;
  return (
    <Button size="sm" pending={fetch.isPending} onClick={() => fetch.mutate({ projectId: project.id })}>
      <RefreshCw aria-hidden /> Fetch
    </Button>
  );
}

function Threads({ projectId }: { projectId: string }) {
  const { data } = useQuery(useTRPC().threads.listAll.queryOptions());
  const [archivedOpen, setArchivedOpen] = useState(false);
  const { onContextMenu, menu } = useThreadContextMenu(data);
  const rows = useThreadRows(data)?.filter((row) => row.projectId === projectId);
  const active = rows?.filter(({ status }) => status !== "archived");
  return (
    <section aria-labelledby="threads" className="px-4" onContextMenu={onContextMenu}>
      <h2 id="threads" className="mb-1 px-2 font-medium text-subtle text-xs">
        Threads
      </h2>
      {!rows && <SkeletonRows rows={6} label="Loading threads" className="px-2 py-2" />}
      {rows?.length === 0 && <p className="px-2 text-muted">No threads yet. The first prompt starts one.</p>}
      {active && sortThreads(active).map((row) => <ThreadRow key={row.id} thread={row} href={`/threads/${row.id}`} />)}
      <div className="mt-2">
        <ArchivedThreads
          threads={sortThreads(rows?.filter(({ status }) => status === "archived") ?? [])}
          of="this project"
          open={archivedOpen}
          onOpenChange={setArchivedOpen}
          hrefOf={({ id }) => `/threads/${id}`}
        />
      </div>
      {menu}
    </section>
  );
}
