"use client";
import { type FormEvent, useState } from "react";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";
import { PasswordField } from "./password-field.tsx";

export type SignInFormProps = {
  onSubmit: (credentials: { email: string; password: string }) => void;
  pending?: boolean;
  error?: string | null;
  initialEmail?: string;
};

export function SignInForm({ onSubmit, pending, error, initialEmail = "" }: SignInFormProps) {
  const [missing, setMissing] = useState<{ email?: string; password?: string }>({});

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email") ?? "").trim();
    const password = String(form.get("password") ?? "");
    setMissing({
      email: email === "" ? "Write your email address" : undefined,
      password: password === "" ? "Write your password" : undefined,
    });
    if (email !== "" && password !== "" && !pending) onSubmit({ email, password });
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      {error && <Banner tone="danger">{error}</Banner>}
      <Field label="Email" error={missing.email}>
        {(control) => (
          <Input {...control} name="email" type="email" autoComplete="username" defaultValue={initialEmail} />
        )}
      </Field>
      <PasswordField label="Password" name="password" autoComplete="current-password" error={missing.password} />
      <Button type="submit" variant="primary" pending={pending}>
        Sign in
      </Button>
    </form>
  );
}
