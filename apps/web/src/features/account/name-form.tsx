"use client";
import { Avatar } from "@heddle/ui/avatar";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { Field } from "@heddle/ui/field";
import { Input } from "@heddle/ui/input";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { type Outputs, useTRPC } from "../shell/trpc.ts";

export function NameForm({ account }: { account: Outputs["account"]["get"] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rename = useMutation(
    trpc.account.rename.mutationOptions({
      onSuccess() {
        // The name is on many screens.
        void queryClient.invalidateQueries();
        void notify("Name saved");
      },
    }),
  );
  const failure = rename.error ? failureOf(rename.error) : null;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!rename.isPending) rename.mutate({ name: String(new FormData(event.currentTarget).get("name") ?? "") });
  }

  return (
    <form onSubmit={submit} noValidate aria-label="Profile" className="flex max-w-md flex-col gap-4">
      <div className="flex items-center gap-3">
        <Avatar name={account.name} size={32} />
        <div className="min-w-0">
          <p className="truncate font-medium">{account.name}</p>
          <p className="truncate text-muted text-xs">{account.email}</p>
        </div>
      </div>
      {failure && !failure.fields.name && <Banner tone="danger">{failure.message}</Banner>}
      <Field
        label="Name"
        hint="Shown beside what you write, also beside what you have written."
        error={failure?.fields.name}
      >
        {(control) => <Input {...control} name="name" defaultValue={account.name} autoComplete="name" />}
      </Field>
      <Button type="submit" pending={rename.isPending} className="self-start">
        Save name
      </Button>
    </form>
  );
}
