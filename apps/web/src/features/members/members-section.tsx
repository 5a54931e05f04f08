"use client";
import { Button } from "@heddle/ui/button";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { InviteDialog } from "../invitations/invite-dialog.tsx";
import { PendingInvitations } from "../invitations/pending-invitations.tsx";
import { SettingsSection } from "../settings/section.tsx";
import { FailureState } from "../shell/failure-state.tsx";
import { useTRPC } from "../shell/trpc.ts";
import { useCan } from "../shell/use-workspace.ts";
import { MemberTable } from "./member-table.tsx";

/** Who is in the workspace, with which role; who was invited. */
export function MembersSection() {
  const members = useQuery(useTRPC().members.list.queryOptions());
  const mayInvite = useCan("member.invite");
  const [inviting, setInviting] = useState(false);
  const invite = (
    <Button variant="primary" onClick={() => setInviting(true)}>
      <UserPlus aria-hidden /> Invite
    </Button>
  );
  return (
    <SettingsSection
      title="Members"
      description="People of this workspace and what each of them may do."
      actions={mayInvite && invite}
    >
      {members.isError ? (
        <FailureState title="The members could not be loaded" error={members.error} onRetry={members.refetch} />
      ) : !members.data ? (
        <SkeletonRows rows={5} label="Loading members" />
      ) : (
        <>
          <MemberTable members={members.data} />
          {mayInvite && <PendingInvitations />}
        </>
      )}
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
    </SettingsSection>
  );
}
