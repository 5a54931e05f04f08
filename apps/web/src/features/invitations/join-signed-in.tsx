"use client";
import { Avatar } from "@heddle/ui/avatar";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { useMutation, useQuery } from "@tanstack/react-query";
import { leave } from "../session/leave.ts";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";

/** The person who is signed in joins; or somebody else, after signing out. */
export function JoinSignedIn({ token }: { token: string }) {
  const trpc = useTRPC();
  const account = useQuery(trpc.account.get.queryOptions());
  const accept = useMutation(
    trpc.invitations.accept.mutationOptions({
      // A full load: what was read before belongs to the rights of before.
      onSuccess: () => location.assign("/"),
    }),
  );

  return (
    <div className="flex flex-col gap-4">
      {accept.error && <Banner tone="danger">{messageOf(accept.error)}</Banner>}
      {account.data && (
        <div className="flex items-center gap-3 rounded-lg border border-line px-4 py-3">
          <Avatar name={account.data.name} size={32} />
          <div className="min-w-0">
            <p className="truncate font-medium">{account.data.name}</p>
            <p className="truncate text-muted text-xs">{account.data.email}</p>
          </div>
        </div>
      )}
      <Button variant="primary" pending={accept.isPending || accept.isSuccess} onClick={() => accept.mutate({ token })}>
        Join with this account
      </Button>
      <Button variant="ghost" onClick={() => leave(`/join/${token}`)}>
        Sign out and use another one
      </Button>
    </div>
  );
}
