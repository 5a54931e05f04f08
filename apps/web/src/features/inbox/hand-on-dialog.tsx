"use client";
import { Button } from "@heddle/ui/button";
import { Dialog } from "@heddle/ui/dialog";
import { Field } from "@heddle/ui/field";
import { Select } from "@heddle/ui/select";
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useState } from "react";
import { useTRPC } from "../shell/trpc.ts";
import { useWorkspace } from "../shell/use-workspace.ts";
import type { InboxItem } from "./use-inbox.ts";
import { titleOf } from "./use-inbox-actions.ts";

type HandOnDialogProps = {
  item: InboxItem;
  onHandOn: (to: { id: string; name: string }) => void;
  onClose: () => void;
  returnFocus: RefObject<HTMLElement | null>;
};

/** Who is to have an item from now on. */
export function HandOnDialog({ item, onHandOn, onClose, returnFocus }: HandOnDialogProps) {
  const me = useWorkspace().data?.me.id;
  const { data } = useQuery(useTRPC().members.list.queryOptions());
  const [chosen, setChosen] = useState<string>();
  const others = data?.filter(({ id }) => id !== me);
  const to = others?.find(({ id }) => id === chosen);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Hand on"
      description={titleOf(item)}
      width="sm"
      returnFocus={returnFocus}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={!to} onClick={() => to && onHandOn(to)}>
            Hand on
          </Button>
        </>
      }
    >
      <Field label="Member" hint="It moves to this member's inbox. Whoever may not see what it is about cannot get it.">
        {(control) => (
          <Select
            {...control}
            value={chosen}
            onValueChange={setChosen}
            placeholder={others?.length === 0 ? "Nobody else is here" : "Choose a member"}
            disabled={!others?.length}
            options={(others ?? []).map(({ id, name, role }) => ({ value: id, label: `${name} (${role})` }))}
          />
        )}
      </Field>
    </Dialog>
  );
}
