"use client";
import type { WorkspaceView } from "@heddle/db/workspaces.schema";
import { AlertDialog } from "@heddle/ui/alert-dialog";
import { Button } from "@heddle/ui/button";
import { useMutation, useQuery } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { HeirField } from "../members/heir-field.tsx";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { SettingRow } from "./setting-row.tsx";

/** One's own way out. */
export function LeaveWorkspace({ workspace }: { workspace: WorkspaceView }) {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const [heir, setHeir] = useState<string | null>(null);
  const { data: members = [] } = useQuery(trpc.members.list.queryOptions(undefined, { enabled: open }));
  const leave = useMutation(
    trpc.members.leave.mutationOptions({
      // A full load: the server decides anew what this browser may see.
      onSuccess: () => location.assign("/"),
    }),
  );
  return (
    <SettingRow title={`Leave ${workspace.name}`} text="Your turns stop, and only an invitation brings you back.">
      <Button onClick={() => setOpen(true)}>
        <LogOut aria-hidden /> Leave
      </Button>
      <AlertDialog
        open={open}
        onOpenChange={(next) => {
          leave.reset();
          setHeir(null);
          setOpen(next);
        }}
        title={`Leave ${workspace.name}?`}
        description={
          <>
            What you may do here ends at once, your turns stop and your tokens of this workspace end.
            <HeirField
              members={members.filter(({ id }) => id !== workspace.me.id)}
              otherwise="An owner"
              value={heir}
              onChange={setHeir}
            />
          </>
        }
        confirmLabel="Leave workspace"
        onConfirm={() => leave.mutate({ threadsTo: heir ?? undefined })}
        pending={leave.isPending || leave.isSuccess}
        error={messageOf(leave.error)}
      />
    </SettingRow>
  );
}
