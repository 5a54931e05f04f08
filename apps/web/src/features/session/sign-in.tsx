"use client";
import { SignInForm } from "@heddle/ui/sign-in-form";
import { useState } from "react";
import { signIn } from "./credentials.ts";
import { PublicPage } from "./public-page.tsx";
import { safePath } from "./safe-path.ts";

/** @param from where the person came from */
export function SignIn({ from }: { from: string | undefined }) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);

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
    </PublicPage>
  );
}
