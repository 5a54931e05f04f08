"use client";
import { AddProjectDialog } from "@heddle/ui/add-project-dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type Failure, failureOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { credentialError, credentialInputOf } from "./credential-values.ts";

/** Adds a project and goes to it, where its first fetch can be watched. */
export function AddProject({ open, onClose }: { open: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const create = useMutation(
    trpc.projects.create.mutationOptions({
      onSuccess(project) {
        queryClient.setQueryData(trpc.projects.get.queryKey({ projectId: project.id }), project);
        void queryClient.invalidateQueries({ queryKey: trpc.projects.list.queryKey() });
        onClose();
        router.push(`/projects/${project.id}`);
      },
    }),
  );
  const failure = create.error ? failureOf(create.error) : null;
  const fieldErrors = failure ? fieldErrorsOf(failure) : {};
  return (
    <AddProjectDialog
      open={open}
      onOpenChange={() => {
        create.reset();
        onClose();
      }}
      onSubmit={({ credential, ...project }) =>
        create.mutate({ ...project, credential: credential && credentialInputOf(credential) })
      }
      pending={create.isPending}
      fieldErrors={fieldErrors}
      error={failure && Object.values(fieldErrors).every((text) => text === undefined) ? failure.message : null}
    />
  );
}

type FieldErrors = { name?: string; path?: string; url?: string; credential?: string };

function fieldErrorsOf({ code, message, fields }: Failure): FieldErrors {
  if (code === "NAME_TAKEN") return { name: message };
  if (/^URL_|^ADDRESS_NOT_ALLOWED$/.test(code)) return { url: message };
  if (code === "CREDENTIAL_NOT_VALID") return { credential: message };
  if (/^PATH_|^NOT_A_REPOSITORY$|^EMPTY_REPOSITORY$/.test(code)) return { path: message };
  if (code === "BAD_INPUT" && Object.keys(fields).length === 0) return { path: message };
  const { name, source } = fields;
  return { name, path: source, url: source, credential: credentialError(fields) };
}
