"use client";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { EmptyState } from "@heddle/ui/empty-state";
import { ErrorState } from "@heddle/ui/error-state";
import { PasswordField } from "@heddle/ui/password-field";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleCheck, Link2Off } from "lucide-react";
import type { FormEvent } from "react";
import { PublicPage } from "../session/public-page.tsx";
import { failureOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";

/** A new password by a link. The page does not say whose it is: whoever has the link is to know. */
export function ResetPassword({ token }: { token: string }) {
  const trpc = useTRPC();
  const check = useQuery(trpc.account.checkReset.queryOptions({ token }, { refetchOnWindowFocus: false }));
  const use = useMutation(trpc.account.useReset.mutationOptions());
  const refusal = check.error ?? (use.error && failureOf(use.error).code === "RESET_INVALID" ? use.error : null);
  return (
    <PublicPage title="New password">
      {use.isSuccess ? (
        <EmptyState as="h1" icon={CircleCheck} title="Your password is set" action={<ToSignIn />} className="p-2">
          You were signed out everywhere. Sign in with the new password.
        </EmptyState>
      ) : refusal ? (
        <NoReset error={refusal} onRetry={check.refetch} />
      ) : !check.data ? (
        <SkeletonRows rows={3} label="Loading" />
      ) : (
        <NewPassword
          pending={use.isPending}
          error={use.error}
          onSubmit={(password) => use.mutate({ token, password })}
        />
      )}
    </PublicPage>
  );
}

type NewPasswordProps = { pending: boolean; error: unknown; onSubmit: (password: string) => void };

function NewPassword({ pending, error, onSubmit }: NewPasswordProps) {
  const failure = error ? failureOf(error) : null;
  const fault = failure?.fields.password;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!pending) onSubmit(String(new FormData(event.currentTarget).get("password") ?? ""));
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <h1 className="font-semibold text-lg">Choose a new password</h1>
      {failure && !fault && <Banner tone="danger">{failure.message}</Banner>}
      <PasswordField
        label="New password"
        name="password"
        autoComplete="new-password"
        hint="At least 10 characters. Every browser that is signed in as you is signed out."
        error={fault}
      />
      <Button type="submit" variant="primary" pending={pending}>
        Set password
      </Button>
    </form>
  );
}

function NoReset({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { code, message } = failureOf(error);
  if (code !== "RESET_INVALID") {
    return <ErrorState as="h1" title="The link could not be read" reason={message} onRetry={onRetry} className="p-2" />;
  }
  return (
    <EmptyState as="h1" icon={Link2Off} title="This link is not valid" action={<ToSignIn />} className="p-2">
      It was used, has expired or was replaced by a newer one. Ask an admin of your workspace for another.
    </EmptyState>
  );
}

function ToSignIn() {
  return (
    <Button asChild>
      <a href="/sign-in">Sign in</a>
    </Button>
  );
}
