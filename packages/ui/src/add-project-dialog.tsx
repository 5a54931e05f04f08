"use client";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";

export type AddProjectDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSubmit: (project: { name: string; path: string }) => void;
  pending?: boolean;
  /** About the whole form. */
  error?: string | null;
  fieldErrors?: { name?: string; path?: string };
  /** Which folders may be named. */
  pathHint?: ReactNode;
};

/** Adds a project from a git repository on the server's disk. The name follows the path until it is edited. */
export function AddProjectDialog(props: AddProjectDialogProps) {
  const { open, onOpenChange, pending } = props;
  const formId = useId();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add a project"
      description="A project is one git repository. Heddle reads it and never writes to your checkout."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={pending}>
            Add project
          </Button>
        </>
      }
    >
      <ProjectForm formId={formId} {...props} />
    </Dialog>
  );
}

function ProjectForm(props: AddProjectDialogProps & { formId: string }) {
  const { formId, onSubmit, pending, error, fieldErrors, pathHint } = props;
  const [path, setPath] = useState("");
  const [edited, setEdited] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const name =
    edited ??
    path
      .replace(/\/+$/, "")
      .replace(/\.git$/, "")
      .split("/")
      .at(-1) ??
    "";

  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (path.trim() !== "" && name.trim() !== "" && !pending) onSubmit({ name: name.trim(), path: path.trim() });
  }

  return (
    <form id={formId} onSubmit={submit} className="flex flex-col gap-4" noValidate>
      {error && <Banner tone="danger">{error}</Banner>}
      <Field
        label="Path of the repository"
        hint={pathHint ?? "An absolute path on the machine that runs Heddle."}
        error={asked && path.trim() === "" ? "Write the path of a git repository" : fieldErrors?.path}
      >
        {(control) => (
          <Input
            {...control}
            value={path}
            placeholder="/home/ada/code/shop"
            className="font-mono text-xs"
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setPath(event.target.value)}
          />
        )}
      </Field>
      <Field label="Name" error={asked && name.trim() === "" ? "Give the project a name" : fieldErrors?.name}>
        {(control) => (
          <Input {...control} value={name} autoComplete="off" onChange={(event) => setEdited(event.target.value)} />
        )}
      </Field>
    </form>
  );
}
