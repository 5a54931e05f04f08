"use client";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { Dialog } from "@heddle/ui/dialog";
import { Field } from "@heddle/ui/field";
import { Input } from "@heddle/ui/input";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId } from "react";
import { failureOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { enterWorkspace } from "./enter.ts";

export function CreateWorkspace({ open, onClose }: { open: boolean; onClose: () => void }) {
  const form = useId();
  const create = useMutation(
    useTRPC().workspaces.create.mutationOptions({ onSuccess: ({ id }) => enterWorkspace(id) }),
  );
  const failure = create.error ? failureOf(create.error) : null;
  const pending = create.isPending || create.isSuccess;

  function close() {
    create.reset();
    onClose();
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!pending) create.mutate({ name: String(new FormData(event.currentTarget).get("name") ?? "") });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="New workspace"
      description="For another team: with members, projects and models of its own. You become its owner."
      width="sm"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} pending={pending}>
            Create workspace
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
        {failure && !failure.fields.name && <Banner tone="danger">{failure.message}</Banner>}
        <Field label="Name" error={failure?.fields.name}>
          {(control) => <Input {...control} name="name" maxLength={100} autoComplete="off" />}
        </Field>
      </form>
    </Dialog>
  );
}
