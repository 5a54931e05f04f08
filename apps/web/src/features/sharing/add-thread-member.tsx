"use client";
import type { ThreadRight } from "@heddle/db/permissions";
import { Button } from "@heddle/ui/button";
import { Select } from "@heddle/ui/select";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { RightSelect } from "./right-select.tsx";
import { type Sharing, useShare } from "./use-sharing.ts";

/** Lets a further member in, or gives one more than the role in the project does. */
export function AddThreadMember({ threadId, sharing }: { threadId: string; sharing: Sharing }) {
  const { setMember } = useShare(threadId);
  const [chosen, setChosen] = useState<string | undefined>();
  const [wanted, setWanted] = useState<ThreadRight>("comment");
  const others = sharing.people.filter(({ id, right }) => right === null && id !== sharing.ownerId);
  const person = others.find(({ id }) => id === chosen);
  const rights = person?.rights ?? ["view", "comment", "steer"];
  const right = rights.includes(wanted) ? wanted : "view";
  if (others.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        aria-label="Member"
        placeholder="Choose a member"
        // Radix shows the placeholder for "", and keeps what was chosen before for `undefined`.
        value={person?.id ?? ""}
        onValueChange={setChosen}
        options={others.map(({ id, name, workspaceRole }) => ({ value: id, label: `${name} (${workspaceRole})` }))}
        className="min-w-40 flex-1"
      />
      <RightSelect label="Right" rights={rights} value={right} onChange={setWanted} />
      <Button
        pending={setMember.isPending}
        disabled={!person}
        onClick={() => person && setMember.mutate({ threadId, userId: person.id, right })}
      >
        <UserPlus aria-hidden /> Add
      </Button>
    </div>
  );
}
