"use client";
import { Button } from "@heddle/ui/button";
import { Dialog } from "@heddle/ui/dialog";
import { ProviderForm } from "@heddle/ui/provider-form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { type Failure, failureOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";

const kinds = [{ value: "openai-chat", label: "OpenAI Chat Completions" }];

export function AddProvider({ open, onClose }: { open: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const create = useMutation(
    trpc.providers.create.mutationOptions({
      onSuccess() {
        void queryClient.invalidateQueries({ queryKey: trpc.providers.pathKey() });
        onClose();
      },
    }),
  );
  const failure = create.error ? failureOf(create.error) : null;
  const fieldErrors = failure ? fieldErrorsOf(failure) : {};

  function close() {
    create.reset();
    onClose();
  }

  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="Add a model provider"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={create.isPending}>
            Add provider
          </Button>
        </>
      }
    >
      <ProviderForm
        id={formId}
        kinds={kinds}
        onSubmit={(provider) => create.mutate({ ...provider, kind: "openai-chat" })}
        fieldErrors={fieldErrors}
        error={failure && Object.keys(fieldErrors).length === 0 ? failure.message : null}
      />
    </Dialog>
  );
}

function fieldErrorsOf({ code, message, fields }: Failure) {
  if (code === "NAME_TAKEN") return { name: message };
  if (code === "ADDRESS_NOT_ALLOWED") return { baseUrl: message };
  // The field of `models.0.id` is `models`.
  return Object.fromEntries(Object.entries(fields).map(([path, text]) => [path.split(".")[0], text]));
}
