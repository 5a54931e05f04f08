"use client";
import { SignInForm } from "@heddle/ui/sign-in-form";
import { useState } from "react";
import { signIn } from "./credentials.ts";
import { PublicPage } from "./public-page.tsx";
import { safePath } from "./safe-path.ts";
import { SignInElsewhere } from "./sign-in-elsewhere.tsx";

export type SignInProps = {
  /** Where the person came from. */
  from: string | undefined;
  /** The issuer's name, where there is one to sign in at. */
  elsewhere: string | null;
  /** Why the issuer's answer let nobody in. */
  refusal: string | null;
};

export function SignIn({ from, elsewhere, refusal }: SignInProps) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState(refusal);

  async function submit(credentials: { email: string; password: string }) {
    setPending(true);
    setError(null);
    const answer = await signIn(credentials);
    // A full load: the server decides anew what this browser may see.
    if (answer.ok) return location.assign(safePath(from));
    setError(answer.message);
    setPending(false);
  }

  return (
    <PublicPage title="Sign in">
      <h1 className="mb-4 font-semibold text-lg">Sign in</h1>
      <SignInForm onSubmit={submit} pending={pending} error={error} />
      {elsewhere && <SignInElsewhere name={elsewhere} path={safePath(from)} onError={setError} />}
    </PublicPage>
  );
}
