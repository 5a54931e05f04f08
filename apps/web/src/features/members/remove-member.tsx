"use client";
import { AlertDialog } from "@heddle/ui/alert-dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useWorkspace } from "../shell/use-workspace.ts";
import { HeirField } from "./heir-field.tsx";
import { endSentence } from "./member-end.ts";
import type { Member } from "./member-table.tsx";

type RemoveMemberProps = { member: Member | null; members: Member[]; onClose: () => void };

export function RemoveMember({ member, members, onClose }: RemoveMemberProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useWorkspace().data?.me.id;
  const [heir, setHeir] = useState<string | null>(null);
  const remove = useMutation(
    trpc.members.remove.mutationOptions({
      onSuccess(end) {
        void queryClient.invalidateQueries({ queryKey: trpc.members.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.threads.listAll.queryKey() });
        void notify(`${member?.name} was removed`, { description: endSentence(end) });
        close();
      },
    }),
  );

  function close() {
    remove.reset();
    setHeir(null);
    onClose();
  }

  return (
    <AlertDialog
      open={member !== null}
      onOpenChange={close}
      title={`Remove ${member?.name ?? ""}?`}
      description={
        <>
          Turns that run for {member?.name} stop, waiting prompts are taken back, and personal tokens end. The account
          itself stays: an invitation brings {member?.name} back.
          <HeirField
            members={members.filter(({ id }) => id !== member?.id && id !== me)}
            otherwise="Me"
            value={heir}
            onChange={setHeir}
          />
        </>
      }
      confirmLabel="Remove member"
      onConfirm={() => member && remove.mutate({ userId: member.id, threadsTo: heir ?? undefined })}
      pending={remove.isPending}
      error={messageOf(remove.error)}
    />
  );
}
