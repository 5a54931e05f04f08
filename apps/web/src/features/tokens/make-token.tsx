"use client";
import { Button } from "@heddle/ui/button";
import { TokenCreated } from "@heddle/ui/token-created";
import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";

/** Makes a token that acts as the signed-in person, and shows it this once. */
export function MakeToken({ name }: { name: string }) {
  const create = useMutation(useTRPC().tokens.createPersonal.mutationOptions());
  if (create.data) return <TokenCreated name={name} token={create.data.token} onDismiss={create.reset} />;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button size="sm" pending={create.isPending} onClick={() => create.mutate({ name })}>
        <KeyRound aria-hidden /> Make a token
      </Button>
      {create.error && (
        <p role="alert" className="text-danger text-xs">
          {messageOf(create.error)}
        </p>
      )}
    </div>
  );
}
