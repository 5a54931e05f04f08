"use client";
import { SignInForm } from "@heddle/ui/sign-in-form";
import { TooltipProvider } from "@heddle/ui/tooltip";
import { useState } from "react";
import { Wordmark } from "../shell/wordmark.tsx";
import { signIn } from "./credentials.ts";
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
    <TooltipProvider>
      <title>Sign in · Heddle</title>
      <main className="flex min-h-dvh flex-col items-center justify-center bg-canvas px-4 py-12">
        <div className="w-full max-w-sm">
          <Wordmark className="mb-6 justify-center" />
          <div className="rounded-xl border border-line bg-surface p-6">
            <h1 className="mb-4 font-semibold text-lg">Sign in</h1>
            <SignInForm onSubmit={submit} pending={pending} error={error} />
          </div>
        </div>
      </main>
    </TooltipProvider>
  );
}
