"use client";
import type { createInvitationInput } from "@heddle/db/invitations.schema";
import { projectRoles, rolesBelow, type WorkspaceRole } from "@heddle/db/permissions";
import { Banner } from "@heddle/ui/banner";
import { Field } from "@heddle/ui/field";
import { Input } from "@heddle/ui/input";
import { Select } from "@heddle/ui/select";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { z } from "zod";
import type { Failure } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useWorkspace } from "../shell/use-workspace.ts";

type InviteInput = z.input<typeof createInvitationInput>;
type InviteFormProps = { id: string; onSubmit: (input: InviteInput) => void; failure: Failure | null };

const roleNotes: Record<WorkspaceRole, string> = {
  owner: "Everything, with owners, tokens and hosts",
  admin: "Projects, providers and people",
  member: "Starts threads and commits",
  viewer: "Reads",
  auditor: "Reads everything, private threads and the audit log, too",
};
const none = "-";
const days = [1, 3, 7, 14, 30];

export function InviteForm({ id, onSubmit, failure }: InviteFormProps) {
  const { data: workspace } = useWorkspace();
  const projects = useQuery(useTRPC().projects.list.queryOptions()).data ?? [];
  const [role, setRole] = useState<WorkspaceRole>("member");
  const [expiresInDays, setDays] = useState(7);
  const [places, setPlaces] = useState<Record<string, string>>({});
  const roles = workspace ? rolesBelow(workspace.role) : [];

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email") ?? "").trim();
    const given = projects.flatMap(({ id: projectId }) => {
      const chosen = projectRoles.find((one) => one === places[projectId]);
      return chosen ? [{ projectId, role: chosen }] : [];
    });
    onSubmit({ role, expiresInDays, projects: given, ...(email === "" ? {} : { email }) });
  }

  return (
    <form id={id} onSubmit={submit} noValidate className="flex flex-col gap-4">
      {failure && !failure.fields.email && <Banner tone="danger">{failure.message}</Banner>}
      <Field label="Role" hint={roleNotes[role]}>
        {(control) => (
          <Select
            {...control}
            value={role}
            onValueChange={(value) => setRole(roles.find((one) => one === value) ?? role)}
            options={roles.map((one) => ({ value: one, label: one }))}
          />
        )}
      </Field>
      <Field
        label="Email"
        optional
        hint="Then only whoever joins with this address is let in."
        error={failure?.fields.email}
      >
        {(control) => <Input {...control} name="email" type="email" autoComplete="off" />}
      </Field>
      <Field label="The link works for">
        {(control) => (
          <Select
            {...control}
            value={String(expiresInDays)}
            onValueChange={(value) => setDays(Number(value))}
            options={days.map((count) => ({ value: String(count), label: count === 1 ? "1 day" : `${count} days` }))}
          />
        )}
      </Field>
      {projects.length > 0 && (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1.5 font-medium text-sm">
            Roles in projects <span className="ml-1.5 font-normal text-subtle text-xs">optional</span>
          </legend>
          {projects.map((project) => (
            <div key={project.id} className="flex items-center gap-3">
              <span className="min-w-0 flex-1 truncate text-sm">{project.name}</span>
              <Select
                aria-label={`Role in ${project.name}`}
                value={places[project.id] ?? none}
                onValueChange={(value) => setPlaces({ ...places, [project.id]: value })}
                options={[
                  {
                    value: none,
                    label: project.visibility === "restricted" ? "None: does not see it" : "None of its own",
                  },
                  ...projectRoles.map((one) => ({ value: one, label: one })),
                ]}
                className="w-48"
              />
            </div>
          ))}
        </fieldset>
      )}
    </form>
  );
}
