"use client";
import type { WorkspaceView } from "@heddle/db/workspaces.schema";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { Field } from "@heddle/ui/field";
import { Input } from "@heddle/ui/input";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";

export function WorkspaceName({ workspace }: { workspace: WorkspaceView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rename = useMutation(
    trpc.workspaces.rename.mutationOptions({
      onSuccess(renamed) {
        queryClient.setQueryData(trpc.workspaces.current.queryKey(), renamed);
        void queryClient.invalidateQueries({ queryKey: trpc.workspaces.list.queryKey() });
        void notify("Name saved");
      },
    }),
  );
  const failure = rename.error ? failureOf(rename.error) : null;
  const mayRename = workspace.permissions.includes("workspace.manage");

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!rename.isPending) rename.mutate({ name: String(new FormData(event.currentTarget).get("name") ?? "") });
  }

  return (
    <form onSubmit={submit} noValidate aria-label="Workspace" className="flex max-w-md flex-col gap-4">
      {failure && !failure.fields.name && <Banner tone="danger">{failure.message}</Banner>}
      <Field
        label="Name"
        hint={mayRename ? "Shown to its members and in invitations." : "Owners and admins can change it."}
        error={failure?.fields.name}
      >
        {(control) => (
          <Input
            {...control}
            // Another admin may rename it meanwhile.
            key={workspace.name}
            name="name"
            defaultValue={workspace.name}
            readOnly={!mayRename}
            maxLength={100}
            autoComplete="off"
          />
        )}
      </Field>
      {mayRename && (
        <Button type="submit" pending={rename.isPending} className="self-start">
          Save name
        </Button>
      )}
    </form>
  );
}
