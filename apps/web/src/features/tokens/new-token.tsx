"use client";
import { type WorkspaceRole, workspaceRoles } from "@heddle/db/permissions";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { Dialog } from "@heddle/ui/dialog";
import { Field } from "@heddle/ui/field";
import { Input } from "@heddle/ui/input";
import { Select } from "@heddle/ui/select";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useCan } from "../shell/use-workspace.ts";

type NewTokenProps = {
  open: boolean;
  onClose: () => void;
  onCreated: (created: { name: string; token: string }) => void;
};

const me = "me";
const choices = [
  { value: me, label: "Me, with my own rights" },
  ...workspaceRoles.map((role) => ({ value: role, label: `A bot with the role ${role}` })),
];

/** A token that acts as its maker or, for owners to make, as a bot with a role of its own. */
export function NewToken({ open, onClose, onCreated }: NewTokenProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const managesAll = useCan("token.manage");
  const [actor, setActor] = useState<string>(me);
  const [missing, setMissing] = useState(false);
  const done = {
    onSuccess({ token }: { token: string }, { name }: { name?: string }) {
      void queryClient.invalidateQueries({ queryKey: trpc.tokens.pathKey() });
      onCreated({ name: name ?? "", token });
      close();
    },
  };
  const personal = useMutation(trpc.tokens.createPersonal.mutationOptions(done));
  const bot = useMutation(trpc.tokens.create.mutationOptions(done));
  const role = workspaceRoles.find((one): one is WorkspaceRole => one === actor);
  const { error, isPending } = role ? bot : personal;

  function close() {
    personal.reset();
    bot.reset();
    setActor(me);
    setMissing(false);
    onClose();
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    setMissing(name === "");
    if (name === "" || isPending) return;
    if (role) bot.mutate({ name, role });
    else personal.mutate({ name });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="New token"
      width="sm"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={isPending}>
            Make token
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="flex flex-col gap-4">
        {error && <Banner tone="danger">{messageOf(error)}</Banner>}
        <Field label="Name" hint="What it is for." error={missing ? "Give the token a name" : null}>
          {(control) => <Input {...control} name="name" placeholder="git on my laptop" autoComplete="off" />}
        </Field>
        {managesAll && (
          <Field label="Acts as">
            {(control) => <Select {...control} value={actor} onValueChange={setActor} options={choices} />}
          </Field>
        )}
      </form>
    </Dialog>
  );
}
