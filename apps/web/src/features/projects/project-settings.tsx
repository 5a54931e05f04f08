"use client";
import { Link } from "@heddle/ui/link";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { ProjectMembers } from "../project-members/project-members.tsx";
import { FailureState } from "../shell/failure-state.tsx";
import { Screen } from "../shell/screen.tsx";
import { useTRPC } from "../shell/trpc.ts";
import { Environment } from "./environment.tsx";
import { RemoteSettings } from "./remote-settings.tsx";

/** The settings of one project. */
export function ProjectSettings({ projectId }: { projectId: string }) {
  const trpc = useTRPC();
  const project = useQuery(trpc.projects.get.queryOptions({ projectId }));
  const environment = useQuery(trpc.projects.environment.queryOptions({ projectId }));
  const name = project.data?.name ?? "Project";
  return (
    <Screen
      title={`Settings of ${name}`}
      heading={
        <span className="flex min-w-0 items-center gap-1.5">
          <Link href={`/projects/${projectId}`} className="truncate text-muted hover:text-fg hover:underline">
            {name}
          </Link>
          <span className="text-subtle" aria-hidden>
            /
          </span>
          <span className="shrink-0">Settings</span>
        </span>
      }
    >
      {environment.data ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <div className="mx-auto flex max-w-[47.5rem] flex-col gap-4 px-4 pt-5 pb-12">
            {project.data?.remote && (
              <>
                <header>
                  <h2 className="font-semibold text-lg">Repository</h2>
                  <p className="text-muted">Where it is, and how Heddle is known there.</p>
                </header>
                <RemoteSettings project={project.data} remote={project.data.remote} />
              </>
            )}
            <header className={project.data?.remote ? "mt-6" : undefined}>
              <h2 className="font-semibold text-lg">Environment</h2>
              <p className="text-muted">What the worktrees of this project's threads find around them.</p>
            </header>
            <Environment projectId={projectId} environment={environment.data} />
            <header className="mt-6">
              <h2 className="font-semibold text-lg">Members</h2>
              <p className="text-muted">
                Who sees the project, and roles in it that differ from those in the workspace.
              </p>
            </header>
            <ProjectMembers projectId={projectId} />
          </div>
        </div>
      ) : environment.isError ? (
        <FailureState
          title="The settings could not be loaded"
          error={environment.error}
          onRetry={environment.refetch}
          retrying={environment.isRefetching}
        />
      ) : (
        <SkeletonRows rows={12} label="Loading the settings" className="mx-auto w-full max-w-[47.5rem] p-6" />
      )}
    </Screen>
  );
}
