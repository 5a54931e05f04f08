"use client";
import { Button } from "@heddle/ui/button";
import { EmptyState } from "@heddle/ui/empty-state";
import { Select } from "@heddle/ui/select";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { sortThreads } from "@heddle/ui/sort-threads";
import { ThreadRow } from "@heddle/ui/thread-row";
import { useStored } from "@heddle/ui/use-stored";
import { useQuery } from "@tanstack/react-query";
import { FolderGit2 } from "lucide-react";
import { FailureState } from "../shell/failure-state.tsx";
import { Screen } from "../shell/screen.tsx";
import { useShell } from "../shell/shell-context.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useAddress } from "../shell/use-address.ts";
import { useCan, useWorkspace } from "../shell/use-workspace.ts";
import { NewThread } from "./new-thread.tsx";
import { useThreadRows } from "./use-thread-rows.ts";

const recentCount = 6;

/** The page one comes to: start a thread, or go on with a recent one. */
export function StartScreen() {
  const trpc = useTRPC();
  const projects = useQuery(trpc.projects.list.queryOptions());
  // Asked for together with what this page waits for.
  useQuery(trpc.providers.models.queryOptions());
  return (
    <Screen title="New thread">
      {projects.isError ? (
        <FailureState title="The projects could not be loaded" error={projects.error} onRetry={projects.refetch} />
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <div className="mx-auto max-w-[47.5rem] pt-[12vh] pb-8">
            <h2 className="mb-4 px-5 font-semibold text-xl tracking-tight">What should be done?</h2>
            {projects.data ? <Start projects={projects.data} /> : <SkeletonRows rows={4} className="px-5" />}
            <Recent />
          </div>
        </div>
      )}
    </Screen>
  );
}

type Projects = NonNullable<ReturnType<typeof useProjects>>;
const useProjects = () => useQuery(useTRPC().projects.list.queryOptions()).data;

function Start({ projects }: { projects: Projects }) {
  const { addProject } = useShell();
  const workspace = useWorkspace();
  const canAdd = useCan("project.create");
  const [wanted, setWanted] = useAddress("project");
  const [last, setLast] = useStored<string | null>("heddle-last-project", null);
  const own = projects.filter(({ permissions }) => permissions.includes("thread.create"));
  const find = (id: string | null) => own.find((project) => project.id === id);
  const project = find(wanted) ?? find(last) ?? own[0];

  if (projects.length === 0) {
    return (
      <EmptyState
        icon={FolderGit2}
        title="No projects yet"
        className="h-auto"
        action={
          canAdd && (
            <Button variant="primary" onClick={addProject}>
              Add a project
            </Button>
          )
        }
      >
        {canAdd
          ? "A project is a git repository on this server. Add one, then start threads in it."
          : "An owner or admin of the workspace adds the first git repository."}
      </EmptyState>
    );
  }
  if (!project) {
    const role = workspace.data?.role;
    return role && <p className="px-5 text-muted">Your role ({role}) reads threads and does not start them.</p>;
  }
  return (
    <NewThread
      key={project.id}
      project={project}
      autoFocus
      placeholder={`Ask for a change in ${project.name}`}
      picker={
        <Select
          quiet
          side="top"
          aria-label="Project"
          value={project.id}
          onValueChange={(id) => {
            setLast(id);
            setWanted(id);
          }}
          options={own.map(({ id, name }) => ({ value: id, label: name }))}
          className="max-w-52"
        />
      }
    />
  );
}

function Recent() {
  const { data } = useQuery(useTRPC().threads.listAll.queryOptions());
  const rows = useThreadRows(data)?.filter(({ status }) => status !== "archived");
  if (!rows || rows.length === 0) return null;
  return (
    <section aria-labelledby="recent" className="mt-6 px-4">
      <h2 id="recent" className="mb-1 px-2 font-medium text-subtle text-xs">
        Recent threads
      </h2>
      {sortThreads(rows)
        .slice(0, recentCount)
        .map((row) => (
          <ThreadRow key={row.id} thread={row} href={`/threads/${row.id}`} />
        ))}
    </section>
  );
}
