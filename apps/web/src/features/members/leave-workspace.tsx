"use client";
import { AlertDialog } from "@heddle/ui/alert-dialog";
import { Button } from "@heddle/ui/button";
import { useMutation } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useWorkspace } from "../shell/use-workspace.ts";
import { HeirField } from "./heir-field.tsx";
import type { Member } from "./member-table.tsx";

/** One's own way out. */
export function LeaveWorkspace({ members }: { members: Member[] }) {
  const { data: workspace } = useWorkspace();
  const [open, setOpen] = useState(false);
  const [heir, setHeir] = useState<string | null>(null);
  const leave = useMutation(
    useTRPC().members.leave.mutationOptions({
      // A full load: the server decides anew what this browser may see.
      onSuccess: () => location.assign("/"),
    }),
  );
  if (!workspace) return null;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line px-4 py-3">
      <div>
        <p className="font-medium">Leave {workspace.name}</p>
        <p className="text-muted text-xs">Your turns stop, and only an invitation brings you back.</p>
      </div>
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
    </div>
  );
}
