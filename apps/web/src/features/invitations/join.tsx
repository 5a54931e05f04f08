"use client";
import { Button } from "@heddle/ui/button";
import { EmptyState } from "@heddle/ui/empty-state";
import { ErrorState } from "@heddle/ui/error-state";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { Link2Off } from "lucide-react";
import { PublicPage } from "../session/public-page.tsx";
import { failureOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { JoinAsNew } from "./join-as-new.tsx";
import { JoinSignedIn } from "./join-signed-in.tsx";

/** @property elsewhere the issuer's name, where there is one to sign in at */
type Props = { token: string; signedIn: boolean; elsewhere: string | null };

/** What an invitation offers, and the ways to take it. */
export function Join({ token, signedIn, elsewhere }: Props) {
  const offer = useQuery(useTRPC().invitations.offer.queryOptions({ token }, { refetchOnWindowFocus: false }));
  return (
    <PublicPage title={offer.data ? `Join ${offer.data.workspace}` : "Invitation"}>
      {offer.error ? (
        <NoOffer error={offer.error} onRetry={offer.refetch} />
      ) : !offer.data ? (
        <SkeletonRows rows={4} label="Loading the invitation" />
      ) : (
        <>
          <h1 className="break-words font-semibold text-lg">Join {offer.data.workspace}</h1>
          <p className="mt-1 mb-5 text-muted text-sm">
            {offer.data.inviter} invites you, with the role {offer.data.role}.
          </p>
          {signedIn ? (
            <JoinSignedIn token={token} />
          ) : (
            <JoinAsNew token={token} addressed={offer.data.addressed} elsewhere={elsewhere} />
          )}
        </>
      )}
    </PublicPage>
  );
}

function NoOffer({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { code, message } = failureOf(error);
  if (code !== "INVITATION_INVALID") {
    return (
      <ErrorState as="h1" title="The invitation could not be read" reason={message} onRetry={onRetry} className="p-2" />
    );
  }
  const toStart = (
    <Button asChild>
      <a href="/">Go to Heddle</a>
    </Button>
  );
  return (
    <EmptyState as="h1" icon={Link2Off} title="This invitation is not valid" action={toStart} className="p-2">
      It was used, has expired or was taken back. Ask whoever invited you for a new one.
    </EmptyState>
  );
}
