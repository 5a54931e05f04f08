"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Button } from "@heddle/ui/button";
import { Dialog } from "@heddle/ui/dialog";
import { Field } from "@heddle/ui/field";
import { Select } from "@heddle/ui/select";
import { type RefObject, useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useShare, useSharing } from "./use-sharing.ts";

type HandOverProps = { thread: ThreadView; onClose: () => void; returnFocus?: RefObject<HTMLElement | null> };

/** Asks to whom a thread is handed. */
export function HandOver({ thread, onClose, returnFocus }: HandOverProps) {
  const { data, error } = useSharing(thread.id);
  const { handOver } = useShare(thread.id);
  const [chosen, setChosen] = useState<string | undefined>();
  const heirs = data?.people.filter(({ mayOwn }) => mayOwn) ?? [];
  const heir = heirs.find(({ id }) => id === chosen);

  function hand() {
    if (!heir) return;
    const options = {
      onSuccess() {
        void notify(`The thread is ${heir.name}'s now`);
        onClose();
      },
    };
    handOver.mutate({ threadId: thread.id, userId: heir.id }, options);
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      returnFocus={returnFocus}
      width="sm"
      title="Hand over this thread"
      description={
        thread.visibility === "private"
          ? "It will be theirs: they say who sees it, and may delete it. Whose it was until now keeps the right to steer it."
          : "It will be theirs: they say who sees it, and may delete it."
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={!heir} pending={handOver.isPending} onClick={hand}>
            Hand over
          </Button>
        </>
      }
    >
      <Field
        label="To"
        error={messageOf(error)}
        hint={data && heirs.length === 0 ? "Nobody else may steer threads of this project." : undefined}
      >
        {(control) => (
          <Select
            {...control}
            value={heir?.id ?? ""}
            placeholder="Choose a member"
            onValueChange={setChosen}
            options={heirs.map(({ id, name, workspaceRole }) => ({ value: id, label: `${name} (${workspaceRole})` }))}
          />
        )}
      </Field>
    </Dialog>
  );
}
