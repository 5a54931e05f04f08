"use client";
import { Button } from "@heddle/ui/button";
import { LogIn } from "lucide-react";
import { useState } from "react";
import { signInElsewhere } from "./credentials.ts";

export type SignInElsewhereProps = {
  /** Of the issuer. */
  name: string;
  path: string;
  invitation?: string;
  onError: (message: string | null) => void;
};

/** The other way in, below a form. */
export function SignInElsewhere({ name, path, invitation, onError }: SignInElsewhereProps) {
  const [pending, setPending] = useState(false);

  async function go() {
    setPending(true);
    onError(null);
    const failure = await signInElsewhere({ path, invitation });
    // On the way there, the button stays as it is.
    if (failure === null) return;
    onError(failure);
    setPending(false);
  }

  return (
    <>
      <div className="my-4 flex items-center gap-3 text-subtle text-xs before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        or
      </div>
      <Button className="w-full" pending={pending} onClick={go}>
        <LogIn aria-hidden /> Continue with {name}
      </Button>
    </>
  );
}
