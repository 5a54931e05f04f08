"use client";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { PasswordField } from "@heddle/ui/password-field";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef } from "react";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";

/** @param email for the browser's password store */
export function PasswordForm({ email }: { email: string | null }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const change = useMutation(
    trpc.account.changePassword.mutationOptions({
      onSuccess() {
        form.current?.reset();
        void queryClient.invalidateQueries({ queryKey: trpc.account.sessions.queryKey() });
        void notify("Password changed", { description: "Your other browsers were signed out." });
      },
    }),
  );
  const failure = change.error ? failureOf(change.error) : null;
  const fields: Record<string, string> = failure?.fields ?? {};
  const wrong = failure?.code === "PASSWORD_WRONG" ? failure.message : null;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const read = (name: string) => String(given.get(name) ?? "");
    if (!change.isPending) change.mutate({ current: read("current"), next: read("next") });
  }

  return (
    <form
      ref={form}
      onSubmit={submit}
      noValidate
      aria-labelledby="password-title"
      className="flex max-w-md flex-col gap-4"
    >
      <h3 id="password-title" className="font-medium">
        Password
      </h3>
      {failure && !wrong && Object.keys(fields).length === 0 && <Banner tone="danger">{failure.message}</Banner>}
      <input type="email" autoComplete="username" value={email ?? ""} readOnly hidden />
      <PasswordField
        label="Old password"
        name="current"
        autoComplete="current-password"
        error={wrong ?? fields.current}
      />
      <PasswordField
        label="New password"
        name="next"
        autoComplete="new-password"
        hint="At least 10 characters. Your other browsers are signed out."
        error={fields.next}
      />
      <Button type="submit" pending={change.isPending} className="self-start">
        Change password
      </Button>
    </form>
  );
}
