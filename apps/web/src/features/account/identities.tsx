"use client";
import { errorTable, isErrorCode } from "@heddle/db/errors";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { RelativeTime } from "@heddle/ui/relative-time";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { signInElsewhere } from "../session/credentials.ts";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { type Outputs, useTRPC } from "../shell/trpc.ts";

type Account = Outputs["account"]["get"];

/** Where else one can sign in to the account; nothing where there is no issuer. */
export function Identities({ account }: { account: Account }) {
  const { elsewhere, identities } = account;
  const code = useSearchParams().get("error");
  const [refusal, setRefusal] = useState<string | null>(isErrorCode(code) ? errorTable[code].message : null);
  const [leaving, setLeaving] = useState(false);
  if (elsewhere === null && identities.length === 0) return null;

  async function connect() {
    setLeaving(true);
    const failure = await signInElsewhere({ path: "/settings/account", link: true });
    if (failure === null) return;
    setRefusal(failure);
    setLeaving(false);
  }

  return (
    <section aria-labelledby="sign-in-elsewhere" className="flex max-w-2xl flex-col gap-3">
      <h2 id="sign-in-elsewhere" className="font-medium">
        Other ways to sign in
      </h2>
      {refusal && <Banner tone="danger">{refusal}</Banner>}
      {identities.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {identities.map((identity) => (
            <Identity key={identity.id} identity={identity} onError={setRefusal} />
          ))}
        </ul>
      )}
      {elsewhere !== null && identities.length === 0 && (
        <div className="flex flex-col items-start gap-2">
          <p className="text-muted text-sm">Sign in with {elsewhere}, too.</p>
          <Button pending={leaving} onClick={connect}>
            Connect {elsewhere}
          </Button>
        </div>
      )}
    </section>
  );
}

type IdentityProps = { identity: Account["identities"][number]; onError: (message: string | null) => void };

function Identity({ identity, onError }: IdentityProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { id: identityId, issuer, createdAt } = identity;
  const unlink = useMutation(
    trpc.account.unlinkIdentity.mutationOptions({
      onSuccess() {
        void queryClient.invalidateQueries({ queryKey: trpc.account.get.queryKey() });
        void notify("Disconnected", { description: `${hostOf(issuer)} signs you in no more.` });
      },
      onError: (error) => onError(messageOf(error)),
    }),
  );
  return (
    <li className="flex items-center justify-between gap-3 px-4 py-2.5">
      <div className="min-w-0">
        <p className="truncate font-medium text-sm" title={issuer}>
          {hostOf(issuer)}
        </p>
        <p className="text-muted text-xs">
          Connected <RelativeTime at={createdAt} />
        </p>
      </div>
      <Button size="sm" pending={unlink.isPending} onClick={() => unlink.mutate({ identityId })}>
        Disconnect
      </Button>
    </li>
  );
}

const hostOf = (issuer: string) => (URL.canParse(issuer) ? new URL(issuer).host : issuer);
