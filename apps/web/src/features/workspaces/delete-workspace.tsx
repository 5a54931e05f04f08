"use client";
import type { WorkspaceView } from "@heddle/db/workspaces.schema";
import { AlertDialog } from "@heddle/ui/alert-dialog";
import { Button } from "@heddle/ui/button";
import { useMutation } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { SettingRow } from "./setting-row.tsx";

export function DeleteWorkspace({ workspace }: { workspace: WorkspaceView }) {
  const [open, setOpen] = useState(false);
  const remove = useMutation(
    useTRPC().workspaces.delete.mutationOptions({
      // A full load: the server knows where else to go.
      onSuccess: () => location.assign("/"),
    }),
  );
  return (
    <SettingRow
      title={`Delete ${workspace.name}`}
      text="For everybody and for good. Export it first if you may need it."
    >
      <Button variant="danger" onClick={() => setOpen(true)}>
        <Trash2 aria-hidden /> Delete
      </Button>
      <AlertDialog
        open={open}
        onOpenChange={(next) => {
          remove.reset();
          setOpen(next);
        }}
        title={`Delete ${workspace.name}?`}
        description="Turns stop and every member is out at once. Projects, threads with their worktrees and branches, invitations, tokens and keys are removed; repositories elsewhere are not touched. It cannot be undone. The audit log is kept."
        typeToConfirm={workspace.name}
        confirmLabel="Delete workspace"
        onConfirm={() => remove.mutate({ name: workspace.name })}
        pending={remove.isPending || remove.isSuccess}
        error={messageOf(remove.error)}
      />
    </SettingRow>
  );
}
