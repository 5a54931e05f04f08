"use client";
import { Avatar } from "@heddle/ui/avatar";
import { IconButton } from "@heddle/ui/icon-button";
import { Segmented } from "@heddle/ui/segmented";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { Table, Td, Th } from "@heddle/ui/table";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { messageOf } from "../shell/failure.ts";
import { FailureState } from "../shell/failure-state.tsx";
import { notify } from "../shell/notify.ts";
import { type Outputs, useTRPC } from "../shell/trpc.ts";
import { useCanIn } from "../shell/use-workspace.ts";
import { AddProjectMember } from "./add-project-member.tsx";
import { ProjectRoleSelect } from "./project-role-select.tsx";
import { useSetRole } from "./use-set-role.ts";

type View = Outputs["projectMembers"]["list"];

const visibilities = [
  { value: "workspace", label: "The workspace" },
  { value: "restricted", label: "Chosen members" },
];

/** Who sees a project, and what each of them may do in it. */
export function ProjectMembers({ projectId }: { projectId: string }) {
  const list = useQuery(useTRPC().projectMembers.list.queryOptions({ projectId }));
  if (list.isError) {
    return <FailureState title="The members could not be loaded" error={list.error} onRetry={list.refetch} />;
  }
  if (!list.data) return <SkeletonRows rows={4} label="Loading members" />;
  return <Loaded projectId={projectId} view={list.data} />;
}

function Loaded({ projectId, view }: { projectId: string; view: View }) {
  const canManage = useCanIn(projectId, "project.manage") ?? false;
  const { remove } = useSetRole(projectId);
  const given = view.members.filter(({ role }) => role !== null);
  return (
    <div className="flex flex-col gap-4">
      <Visibility projectId={projectId} value={view.visibility} disabled={!canManage} />
      {given.length > 0 && (
        <Table label="Roles in the project">
          <thead>
            <tr>
              <Th>Name</Th>
              <Th>In the workspace</Th>
              <Th>In the project</Th>
              {canManage && (
                <Th>
                  <span className="sr-only">Actions</span>
                </Th>
              )}
            </tr>
          </thead>
          <tbody>
            {given.map(({ id, name, workspaceRole, role }) => (
              <tr key={id}>
                <Td className="max-w-64">
                  <span className="flex items-center gap-2">
                    <Avatar name={name} />
                    <span className="truncate font-medium" title={name}>
                      {name}
                    </span>
                  </span>
                </Td>
                <Td className="text-muted">{workspaceRole}</Td>
                <Td>{canManage ? <ProjectRoleSelect projectId={projectId} member={{ id, name, role }} /> : role}</Td>
                {canManage && (
                  <Td className="w-10 px-1.5">
                    <IconButton
                      icon={X}
                      label={`Take the role of ${name}`}
                      disabled={remove.isPending}
                      onClick={() => remove.mutate({ projectId, userId: id })}
                    />
                  </Td>
                )}
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {canManage && <AddProjectMember projectId={projectId} given={given.map(({ id }) => id)} />}
    </div>
  );
}

type VisibilityProps = { projectId: string; value: View["visibility"]; disabled: boolean };

function Visibility({ projectId, value, disabled }: VisibilityProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const set = useMutation(
    trpc.projectMembers.setVisibility.mutationOptions({
      onError: (error) => void notify("Not changed", { description: messageOf(error) ?? undefined }),
      onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.projectMembers.pathKey() }),
    }),
  );
  const shown = set.isPending ? set.variables.visibility : value;
  const label = visibilities.find((one) => one.value === shown)?.label;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line px-4 py-3">
      <div>
        <p className="font-medium">Who sees the project</p>
        <p className="text-muted text-xs">Owners, admins and auditors always do.</p>
      </div>
      {disabled ? (
        <span className="text-muted">{label}</span>
      ) : (
        <Segmented
          label="Who sees the project"
          value={shown}
          onValueChange={(next) =>
            set.mutate({ projectId, visibility: next === "restricted" ? "restricted" : "workspace" })
          }
          options={visibilities}
        />
      )}
    </div>
  );
}
