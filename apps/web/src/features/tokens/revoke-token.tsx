"use client";
import { AlertDialog } from "@heddle/ui/alert-dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useCan } from "../shell/use-workspace.ts";

type RevokeTokenProps = { token: { id: string; name: string } | null; onClose: () => void };

export function RevokeToken({ token, onClose }: RevokeTokenProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const managesAll = useCan("token.manage");
  const done = {
    onSuccess() {
      void queryClient.invalidateQueries({ queryKey: trpc.tokens.pathKey() });
      void notify(`The token “${token?.name}” was revoked`);
      onClose();
    },
  };
  const any = useMutation(trpc.tokens.revoke.mutationOptions(done));
  const own = useMutation(trpc.tokens.revokeMine.mutationOptions(done));
  const revoke = managesAll ? any : own;
  return (
    <AlertDialog
      open={token !== null}
      onOpenChange={() => {
        revoke.reset();
        onClose();
      }}
      title={`Revoke “${token?.name ?? ""}”?`}
      description="Whatever uses it is refused from now on, and turns that it started stop. This cannot be undone."
      confirmLabel="Revoke token"
      onConfirm={() => token && revoke.mutate({ tokenId: token.id })}
      pending={revoke.isPending}
      error={messageOf(revoke.error)}
    />
  );
}
