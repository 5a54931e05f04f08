"use client";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { Dialog } from "@heddle/ui/dialog";
import { LinkCreated } from "@heddle/ui/link-created";
import { useMutation } from "@tanstack/react-query";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import type { Member } from "./member-table.tsx";

/** Makes a link by which a member sets a new password, and shows it this once. */
export function ResetLink({ member, onClose }: { member: Member | null; onClose: () => void }) {
  const create = useMutation(useTRPC().members.resetPassword.mutationOptions());

  function close() {
    create.reset();
    onClose();
  }

  return (
    <Dialog
      open={member !== null}
      onOpenChange={close}
      title={`A new password for ${member?.name ?? ""}`}
      width="sm"
      footer={
        create.data ? (
          <Button onClick={close}>Done</Button>
        ) : (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              variant="primary"
              pending={create.isPending}
              onClick={() => member && create.mutate({ userId: member.id })}
            >
              Make link
            </Button>
          </>
        )
      }
    >
      {create.data ? (
        <LinkCreated title="The link was made" link={`${location.origin}/reset/${create.data.token}`}>
          It works once, for 24 hours; an earlier one has ended.
        </LinkCreated>
      ) : (
        <div className="flex flex-col gap-4">
          {create.error && <Banner tone="danger">{messageOf(create.error)}</Banner>}
          <p className="text-sm">
            Whoever opens the link chooses a password and signs in as {member?.name}. The old password counts until
            then; afterwards every browser of {member?.name} is signed out.
          </p>
        </div>
      )}
    </Dialog>
  );
}
