"use client";
import { rolesBelow, type WorkspaceRole } from "@heddle/db/permissions";
import { Avatar } from "@heddle/ui/avatar";
import { DropdownMenu, MenuItem } from "@heddle/ui/dropdown-menu";
import { IconButton } from "@heddle/ui/icon-button";
import { RelativeTime } from "@heddle/ui/relative-time";
import { Select } from "@heddle/ui/select";
import { Table, Td, Th } from "@heddle/ui/table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, KeyRound, ShieldQuestion, UserMinus } from "lucide-react";
import { useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { type Outputs, useTRPC } from "../shell/trpc.ts";
import { useCan, useWorkspace } from "../shell/use-workspace.ts";
import { MemberRights } from "./member-rights.tsx";
import { RemoveMember } from "./remove-member.tsx";
import { ResetLink } from "./reset-link.tsx";

export type Member = Outputs["members"]["list"][number];

export function MemberTable({ members }: { members: Member[] }) {
  const { data: workspace } = useWorkspace();
  const [removing, setRemoving] = useState<Member | null>(null);
  const [resetting, setResetting] = useState<Member | null>(null);
  const [explaining, setExplaining] = useState<Member | null>(null);
  const mayExplain = useCan("member.rights");
  return (
    <>
      <Table label="Members">
        <thead>
          <tr>
            <Th>Name</Th>
            <Th className="max-sm:hidden">Email</Th>
            <Th>Role</Th>
            <Th className="max-sm:hidden">Joined</Th>
            {mayExplain && (
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            )}
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <tr key={member.id}>
              <Td className="max-w-64 max-sm:max-w-40 max-sm:py-1.5">
                <span className="flex items-center gap-2">
                  <Avatar name={member.name} />
                  <span className="min-w-0">
                    <span className="block truncate font-medium" title={member.name}>
                      {member.name}
                    </span>
                    <span className="block truncate text-muted text-xs sm:hidden">{member.email}</span>
                  </span>
                  {member.id === workspace?.me.id && <span className="text-subtle text-xs">you</span>}
                </span>
              </Td>
              <Td className="max-w-64 truncate text-muted max-sm:hidden" title={member.email ?? undefined}>
                {member.email}
              </Td>
              <Td>
                {workspace && member.manageable ? <RoleSelect member={member} own={workspace.role} /> : member.role}
              </Td>
              <Td className="whitespace-nowrap text-muted max-sm:hidden">
                <RelativeTime at={member.joinedAt} />
              </Td>
              {mayExplain && (
                <Td className="w-10 px-1.5">
                  <DropdownMenu trigger={<IconButton icon={Ellipsis} label={`Actions for ${member.name}`} />}>
                    <MenuItem icon={ShieldQuestion} onSelect={() => setExplaining(member)}>
                      What they may do, and why
                    </MenuItem>
                    {member.manageable && (
                      <>
                        <MenuItem icon={KeyRound} onSelect={() => setResetting(member)}>
                          Make a link for a new password
                        </MenuItem>
                        <MenuItem icon={UserMinus} danger onSelect={() => setRemoving(member)}>
                          Remove from the workspace
                        </MenuItem>
                      </>
                    )}
                  </DropdownMenu>
                </Td>
              )}
            </tr>
          ))}
        </tbody>
      </Table>
      <RemoveMember member={removing} members={members} onClose={() => setRemoving(null)} />
      <MemberRights member={explaining} onClose={() => setExplaining(null)} />
      <ResetLink member={resetting} onClose={() => setResetting(null)} />
    </>
  );
}

function RoleSelect({ member, own }: { member: Member; own: WorkspaceRole }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const setRole = useMutation(
    trpc.members.setRole.mutationOptions({
      onSuccess: (_, { role }) => void notify(`${member.name} is ${role} now`),
      onError: (error) => void notify("The role was not changed", { description: messageOf(error) ?? undefined }),
      onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.members.pathKey() }),
    }),
  );
  const roles = rolesBelow(own);
  const shown = setRole.isPending ? setRole.variables.role : member.role;
  return (
    <Select
      quiet
      aria-label={`Role of ${member.name}`}
      value={shown}
      disabled={setRole.isPending}
      onValueChange={(value) => {
        const role = roles.find((one) => one === value);
        if (role && role !== member.role) setRole.mutate({ userId: member.id, role });
      }}
      options={roles.map((role) => ({ value: role, label: role }))}
      className="-ml-2"
    />
  );
}
