"use client";
import { Eye, EyeOff } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";
import { IconButton } from "./icon-button.tsx";
import { Input } from "./input.tsx";

export type SignInFormProps = {
  onSubmit: (credentials: { email: string; password: string }) => void;
  pending?: boolean;
  error?: string | null;
  initialEmail?: string;
};

export function SignInForm({ onSubmit, pending, error, initialEmail = "" }: SignInFormProps) {
  const [visible, setVisible] = useState(false);
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
      <Field label="Password" error={missing.password}>
        {(control) => (
          <div className="relative">
            <Input
              {...control}
              name="password"
              type={visible ? "text" : "password"}
              autoComplete="current-password"
              className="pr-9"
            />
            <IconButton
              icon={visible ? EyeOff : Eye}
              label={visible ? "Hide the password" : "Show the password"}
              size="sm"
              onClick={() => setVisible(!visible)}
              className="absolute inset-y-0 right-1 my-auto"
            />
          </div>
        )}
      </Field>
      <Button type="submit" variant="primary" pending={pending}>
        Sign in
      </Button>
    </form>
  );
}
