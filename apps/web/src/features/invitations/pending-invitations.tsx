"use client";
import { AlertDialog } from "@heddle/ui/alert-dialog";
import { Badge } from "@heddle/ui/badge";
import { formatDate } from "@heddle/ui/format";
import { IconButton } from "@heddle/ui/icon-button";
import { Table, Td, Th } from "@heddle/ui/table";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { FailureState } from "../shell/failure-state.tsx";
import { type Outputs, useTRPC } from "../shell/trpc.ts";

type Invitation = Outputs["invitations"]["list"][number];

const whom = ({ email }: Invitation) => email ?? "Anybody with the link";

/** Invitations that nobody has taken yet; nothing while there are none. */
export function PendingInvitations() {
  const invitations = useQuery(useTRPC().invitations.list.queryOptions());
  const [leaving, setLeaving] = useState<Invitation | null>(null);
  const { data, error, isError, refetch } = invitations;
  if (isError) return <FailureState title="The invitations could not be loaded" error={error} onRetry={refetch} />;
  if (!data || data.length === 0) return null;
  return (
    <section aria-labelledby="invitations-title" className="flex flex-col gap-2">
      <h3 id="invitations-title" className="font-medium">
        Invited
      </h3>
      <Table label="Pending invitations">
        <thead>
          <tr>
            <Th>For</Th>
            <Th>Role</Th>
            <Th>Projects</Th>
            <Th>Invited by</Th>
            <Th>Ends</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {data.map((invitation) => (
            <tr key={invitation.id}>
              <Td className="max-w-64 truncate font-medium" title={whom(invitation)}>
                {whom(invitation)}
              </Td>
              <Td>
                <Badge>{invitation.role}</Badge>
              </Td>
              <Td className="max-w-64 truncate text-muted">
                {invitation.projects.map(({ name, role }) => `${name} (${role})`).join(", ")}
              </Td>
              <Td className="max-w-48 truncate text-muted">{invitation.invitedBy.name}</Td>
              <Td className="whitespace-nowrap text-muted">{formatDate(invitation.expiresAt)}</Td>
              <Td className="w-10 px-1.5">
                <IconButton
                  icon={Trash2}
                  label={`Take back the invitation: ${whom(invitation)}`}
                  onClick={() => setLeaving(invitation)}
                />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      <RevokeInvitation invitation={leaving} onClose={() => setLeaving(null)} />
    </section>
  );
}

function RevokeInvitation({ invitation, onClose }: { invitation: Invitation | null; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.invitations.revoke.mutationOptions({
      onSuccess() {
        void queryClient.invalidateQueries({ queryKey: trpc.invitations.list.queryKey() });
        onClose();
      },
    }),
  );
  return (
    <AlertDialog
      open={invitation !== null}
      onOpenChange={() => {
        revoke.reset();
        onClose();
      }}
      title="Take back the invitation?"
      description="Its link lets nobody in from now on. You can always make another one."
      confirmLabel="Take back"
      onConfirm={() => invitation && revoke.mutate({ invitationId: invitation.id })}
      pending={revoke.isPending}
      error={messageOf(revoke.error)}
    />
  );
}
