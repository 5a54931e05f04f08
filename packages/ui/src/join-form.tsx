"use client";
import type { FormEvent } from "react";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";
import { PasswordField } from "./password-field.tsx";

export type JoinValues = { name: string; email: string; password: string };

export type JoinFormProps = {
  onSubmit: (values: JoinValues) => void;
  pending?: boolean;
  error?: string | null;
  /** What is wrong with each field. */
  faults?: Partial<Record<keyof JoinValues, string>>;
  /** The invitation is for one address. */
  addressed: boolean;
};

/** A new account for whoever was invited. */
export function JoinForm({ onSubmit, pending, error, faults = {}, addressed }: JoinFormProps) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = (name: keyof JoinValues) => String(form.get(name) ?? "");
    if (!pending) onSubmit({ name: read("name"), email: read("email"), password: read("password") });
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      {error && <Banner tone="danger">{error}</Banner>}
      <Field label="Name" hint="How others see you." error={faults.name}>
        {(control) => <Input {...control} name="name" autoComplete="name" />}
      </Field>
      <Field
        label="Email"
        hint={addressed ? "The address that the invitation is for." : "You sign in with it."}
        error={faults.email}
      >
        {(control) => <Input {...control} name="email" type="email" autoComplete="username" />}
      </Field>
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        hint="At least 10 characters."
        error={faults.password}
      />
      <Button type="submit" variant="primary" pending={pending}>
        Make account and join
      </Button>
    </form>
  );
}
