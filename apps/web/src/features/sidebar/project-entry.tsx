"use client";
import { Link } from "@heddle/ui/link";
import { ProjectHeader } from "@heddle/ui/project-header";
import { Tooltip } from "@heddle/ui/tooltip";
import { Folder } from "lucide-react";
import { useParams } from "next/navigation";
import type { Outputs } from "../shell/trpc.ts";
import { useGo } from "../shell/use-go.ts";

type ProjectEntryProps = {
  project: Outputs["projects"]["list"][number];
  open: boolean;
  count: number;
  onOpenChange: (open: boolean) => void;
};

export function ProjectEntry({ project, ...props }: ProjectEntryProps) {
  const go = useGo();
  const { projectId } = useParams<{ projectId?: string }>();
  const canStart = project.permissions.includes("thread.create");
  return (
    <div className="pt-1">
      <ProjectHeader
        {...props}
        project={project}
        waits={Boolean(project.remote?.offeredHostKey)}
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
      />
    </div>
  );
}
