"use client";
import { Avatar } from "@heddle/ui/avatar";
import { Disclosure } from "@heddle/ui/disclosure";
import { plural } from "@heddle/ui/format";
import { IconButton } from "@heddle/ui/icon-button";
import { Users, X } from "lucide-react";
import type { ReactNode } from "react";
import { useWorkspace } from "../shell/use-workspace.ts";
import { RightSelect } from "./right-select.tsx";
import { rightLabels } from "./rights.ts";
import { type Sharing, type SharingPerson, useShare } from "./use-sharing.ts";

type SharingRowsProps = { threadId: string; sharing: Sharing; mayShare: boolean };

/** The owner of a thread and those who were given a right in it. */
export function SharingRows({ threadId, sharing, mayShare }: SharingRowsProps) {
  const { setMember, removeMember } = useShare(threadId);
  const owner = sharing.people.find(({ id }) => id === sharing.ownerId);
  const named = sharing.people.filter(({ id, right }) => right !== null && id !== sharing.ownerId);
  const pending = setMember.isPending || removeMember.isPending;
  return (
    <ul aria-label="Named members" className="flex flex-col divide-y divide-line rounded-lg border border-line">
      {owner && <PersonRow person={owner}>Owner of the thread</PersonRow>}
      {named.map((person) => (
        <PersonRow key={person.id} person={person}>
          {mayShare ? (
            <>
              <RightSelect
                label={`Right of ${person.name}`}
                rights={person.rights}
                value={person.right ?? "view"}
                disabled={pending}
                onChange={(right) => setMember.mutate({ threadId, userId: person.id, right })}
              />
              <IconButton
                icon={X}
                label={`Take the right of ${person.name}`}
                size="sm"
                disabled={pending}
                onClick={() => removeMember.mutate({ threadId, userId: person.id })}
              />
            </>
          ) : (
            person.may && rightLabels[person.may]
          )}
        </PersonRow>
      ))}
    </ul>
  );
}

/** Who sees the thread without having been named, and why. */
export function ByRole({ sharing }: { sharing: Sharing }) {
  const others = sharing.people.filter(
    ({ id, right, may }) => may !== null && right === null && id !== sharing.ownerId,
  );
  if (others.length === 0) return null;
  return (
    <Disclosure icon={Users} label="By role" summary={`${plural(others.length, "other")} by their role`}>
      {() => (
        <ul aria-label="Others by their role" className="flex flex-col divide-y divide-line">
          {others.map((person) => (
            <PersonRow key={person.id} person={person}>
              <span title={`${person.projectRole ?? person.workspaceRole} here`}>
                {person.may && rightLabels[person.may]}
              </span>
            </PersonRow>
          ))}
        </ul>
      )}
    </Disclosure>
  );
}

function PersonRow({ person, children }: { person: SharingPerson; children: ReactNode }) {
  const me = useWorkspace().data?.me.id;
  const { id, name, workspaceRole, projectRole } = person;
  return (
    <li className="flex min-h-10 items-center gap-2 px-3 py-1 text-sm">
      <Avatar name={name} />
      <span className="min-w-0 flex-1">
        <span className="block truncate">
          {name} {id === me && <span className="text-subtle text-xs">you</span>}
        </span>
        <span className="block truncate text-muted text-xs">
          {projectRole ? `${projectRole} of the project` : `${workspaceRole} of the workspace`}
        </span>
      </span>
      <span className="flex shrink-0 items-center gap-1 text-muted text-xs">{children}</span>
    </li>
  );
}
