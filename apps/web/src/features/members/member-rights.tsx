"use client";
import { Dialog } from "@heddle/ui/dialog";
import { FactList } from "@heddle/ui/fact-list";
import { RelativeTime } from "@heddle/ui/relative-time";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { Table, Td, Th } from "@heddle/ui/table";
import { skipToken, useQuery } from "@tanstack/react-query";
import { FailureState } from "../shell/failure-state.tsx";
import { type Outputs, useTRPC } from "../shell/trpc.ts";
import type { Member } from "./member-table.tsx";
import { levelLabel, permissionLabel, whySentence } from "./rights-words.ts";

type Rights = Outputs["members"]["rights"];

/** What a member may do in the workspace and in each project, and why. */
export function MemberRights({ member, onClose }: { member: Member | null; onClose: () => void }) {
  const rights = useQuery(useTRPC().members.rights.queryOptions(member ? { userId: member.id } : skipToken));
  return (
    <Dialog
      open={member !== null}
      onOpenChange={onClose}
      title={`What ${member?.name ?? ""} may do`}
      description="And where each right comes from."
      width="lg"
    >
      {rights.isError ? (
        <FailureState title="The rights could not be loaded" error={rights.error} onRetry={rights.refetch} />
      ) : !rights.data ? (
        <SkeletonRows rows={6} label="Loading the rights" />
      ) : (
        <div className="flex flex-col gap-4">
          <InWorkspace rights={rights.data} />
          <InProjects rights={rights.data} />
        </div>
      )}
    </Dialog>
  );
}

function InWorkspace({ rights }: { rights: Rights }) {
  const { role, given, permissions, threads } = rights;
  return (
    <FactList
      facts={[
        { label: "Role", value: <span className="font-medium">{role}</span> },
        {
          label: "Given",
          value: (
            <>
              <RelativeTime at={given.at} />
              {given.byName && ` by ${given.byName}`}
            </>
          ),
        },
        { label: "May", value: permissions.flatMap((name) => permissionLabel[name] ?? []).join(", ") },
        ...(threads > 0 ? [{ label: "Threads", value: `${threads} in which a right of their own was given` }] : []),
      ]}
    />
  );
}

function InProjects({ rights: { projects, role } }: { rights: Rights }) {
  if (projects.length === 0) return <p className="text-muted text-sm">There are no projects yet.</p>;
  return (
    <Table label="Rights in projects">
      <thead>
        <tr>
          <Th>Project</Th>
          <Th>May</Th>
          <Th>Because</Th>
        </tr>
      </thead>
      <tbody>
        {projects.map((project) => (
          <tr key={project.id}>
            <Td className="max-w-48 truncate font-medium" title={project.name}>
              {project.name}
            </Td>
            <Td className="whitespace-nowrap">{levelLabel[project.level]}</Td>
            <Td className="min-w-36 py-1.5 text-muted">{whySentence(role, project)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
