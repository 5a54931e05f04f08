"use client";
import { JoinForm } from "@heddle/ui/join-form";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { signIn } from "../session/credentials.ts";
import { SignInElsewhere } from "../session/sign-in-elsewhere.tsx";
import { failureOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";

type Props = { token: string; addressed: boolean; elsewhere: string | null };

/** A new account, signed in at once. */
export function JoinAsNew({ token, addressed, elsewhere }: Props) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const join = useMutation(
    useTRPC().invitations.join.mutationOptions({
      async onSuccess(_, { email, password }) {
        // The account is there: what does not sign in now is asked again by the sign-in page.
        const answer = await signIn({ email, password });
        location.assign(answer.ok ? "/" : "/sign-in");
      },
    }),
  );
  const failure = join.error ? failureOf(join.error) : null;
  const faults = failure?.fields ?? {};
  return (
    <>
      <JoinForm
        onSubmit={(values) => join.mutate({ token, ...values })}
        pending={join.isPending || join.isSuccess}
        error={failure && Object.keys(faults).length === 0 ? failure.message : refusal}
        faults={faults}
        addressed={addressed}
      />
      {elsewhere && <SignInElsewhere name={elsewhere} path="/" invitation={token} onError={setRefusal} />}
      <p className="mt-4 text-muted text-sm">
        You have an account?{" "}
        <a href={`/sign-in?from=${encodeURIComponent(`/join/${token}`)}`} className="text-accent-text underline">
          Sign in
        </a>{" "}
        and join with it.
      </p>
    </>
  );
}
