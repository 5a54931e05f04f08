"use client";
import { projectRoles } from "@heddle/db/permissions";
import { Button } from "@heddle/ui/button";
import { Select } from "@heddle/ui/select";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../shell/trpc.ts";
import { useSetRole } from "./use-set-role.ts";

/** @param given who has a role already */
export function AddProjectMember({ projectId, given }: { projectId: string; given: string[] }) {
  const members = useQuery(useTRPC().members.list.queryOptions()).data ?? [];
  const { set } = useSetRole(projectId);
  const [chosen, setChosen] = useState<string | undefined>();
  const [role, setRole] = useState<(typeof projectRoles)[number]>("contributor");
  const others = members.filter(({ id }) => !given.includes(id));
  const userId = others.some(({ id }) => id === chosen) ? chosen : undefined;
  if (others.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        aria-label="Member"
        placeholder="Choose a member"
        // Radix shows the placeholder for "", and keeps what was chosen before for `undefined`.
        value={userId ?? ""}
        onValueChange={setChosen}
        options={others.map(({ id, name, role: own }) => ({ value: id, label: `${name} (${own})` }))}
        className="w-56"
      />
      <Select
        aria-label="Role in the project"
        value={role}
        onValueChange={(value) => setRole(projectRoles.find((one) => one === value) ?? role)}
        options={projectRoles.map((one) => ({ value: one, label: one }))}
        className="w-40"
      />
      <Button
        pending={set.isPending}
        disabled={userId === undefined}
        onClick={() => userId && set.mutate({ projectId, userId, role })}
      >
        <Plus aria-hidden /> Give role
      </Button>
    </div>
  );
}
