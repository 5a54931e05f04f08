"use client";
import { Button } from "@heddle/ui/button";
import { Dialog } from "@heddle/ui/dialog";
import { formatDate } from "@heddle/ui/format";
import { LinkCreated } from "@heddle/ui/link-created";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { failureOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { InviteForm } from "./invite-form.tsx";

/** Asks whom to invite as what, then shows the link, once. */
export function InviteDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const create = useMutation(
    trpc.invitations.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.invitations.list.queryKey() }),
    }),
  );

  function close() {
    create.reset();
    onClose();
  }

  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="Invite to the workspace"
      footer={
        create.data ? (
          <Button onClick={close}>Done</Button>
        ) : (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" pending={create.isPending}>
              Make link
            </Button>
          </>
        )
      }
    >
      {create.data ? (
        <LinkCreated title="The invitation was made" link={`${location.origin}/join/${create.data.token}`}>
          It lets in one person
          {create.variables?.email ? `, with the address ${create.variables.email},` : ""} until{" "}
          {formatDate(create.data.expiresAt)}.
        </LinkCreated>
      ) : (
        <InviteForm
          id={formId}
          onSubmit={(input) => !create.isPending && create.mutate(input)}
          failure={create.error ? failureOf(create.error) : null}
        />
      )}
    </Dialog>
  );
}
