"use client";
import { AlertDialog } from "@heddle/ui/alert-dialog";
import { EmptyState } from "@heddle/ui/empty-state";
import { plural } from "@heddle/ui/format";
import { HostTable, type HostView } from "@heddle/ui/host-table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Server } from "lucide-react";
import { useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useCan } from "../shell/use-workspace.ts";

/** The hosts, with the way to empty one for an update. */
export function Hosts({ hosts }: { hosts: readonly HostView[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canManage = useCan("host.manage");
  const [leaving, setLeaving] = useState<HostView | null>(null);
  const drain = useMutation(
    trpc.status.drainHost.mutationOptions({
      onSuccess(_, { draining }) {
        setLeaving(null);
        void notify(draining ? "The host is being drained" : "The host takes new work again");
      },
      onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.status.pathKey() }),
    }),
  );
  if (hosts.length === 0) {
    return (
      <EmptyState icon={Server} title="No host yet" className="h-auto rounded-lg border border-line py-6">
        A host appears when a worker starts for the first time.
      </EmptyState>
    );
  }
  const others = hosts.filter(({ id, status }) => status === "live" && id !== leaving?.id).length;
  return (
    <>
      <HostTable
        hosts={hosts}
        onDrain={canManage ? setLeaving : undefined}
        onResume={canManage ? ({ id }) => drain.mutate({ hostId: id, draining: false }) : undefined}
        changing={drain.isPending ? drain.variables.hostId : null}
      />
      <AlertDialog
        open={leaving !== null}
        onOpenChange={() => {
          drain.reset();
          setLeaving(null);
        }}
        title="Drain this host?"
        description={
          <>
            <p className="font-mono text-fg text-xs [overflow-wrap:anywhere]">{leaving?.id}</p>
            <p className="mt-2">
              It takes no new threads. {plural(leaving?.threads ?? 0, "thread")} of this workspace{" "}
              {leaving?.threads === 1 ? "moves" : "move"} to other hosts, each at its next step, with all but the files
              that git ignores.
            </p>
            {others === 0 && <p className="mt-2 text-warn">No other host is live: it works on until one is.</p>}
          </>
        }
        confirmLabel="Drain host"
        destructive={false}
        onConfirm={() => leaving && drain.mutate({ hostId: leaving.id, draining: true })}
        pending={drain.isPending}
        error={messageOf(drain.error)}
      />
    </>
  );
}
