"use client";
import { type ProjectRole, projectRoles } from "@heddle/db/permissions";
import { Select } from "@heddle/ui/select";
import { useSetRole } from "./use-set-role.ts";

type ProjectRoleSelectProps = { projectId: string; member: { id: string; name: string; role: ProjectRole | null } };

export function ProjectRoleSelect({ projectId, member }: ProjectRoleSelectProps) {
  const { set } = useSetRole(projectId);
  return (
    <Select
      quiet
      aria-label={`Role of ${member.name} in the project`}
      value={(set.isPending ? set.variables.role : member.role) ?? undefined}
      disabled={set.isPending}
      onValueChange={(value) => {
        const role = projectRoles.find((one) => one === value);
        if (role && role !== member.role) set.mutate({ projectId, userId: member.id, role });
      }}
      options={projectRoles.map((role) => ({ value: role, label: role }))}
      className="-ml-2"
    />
  );
}
