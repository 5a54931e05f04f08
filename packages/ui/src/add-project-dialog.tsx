"use client";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { CredentialFields, type CredentialValue, firstCredential, fitsScheme, schemeOf } from "./credential-fields.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";
import { Segmented } from "./segmented.tsx";

export type NewProject = { name: string; source: { path: string } | { url: string }; credential?: CredentialValue };

export type AddProjectDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSubmit: (project: NewProject) => void;
  pending?: boolean;
  /** About the whole form. */
  error?: string | null;
  fieldErrors?: { name?: string; path?: string; url?: string; credential?: string };
  /** Which folders may be named. */
  pathHint?: ReactNode;
};

/** Adds a project from a git repository on the server's disk or at an address. The name follows that until it is edited. */
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

const places = [
  { value: "path", label: "Folder on the server" },
  { value: "url", label: "Address" },
];

function ProjectForm(props: AddProjectDialogProps & { formId: string }) {
  const { formId, onSubmit, pending, error, fieldErrors, pathHint } = props;
  const [place, setPlace] = useState<"path" | "url">("path");
  const [path, setPath] = useState("");
  const [url, setUrl] = useState("");
  const [chosen, setChosen] = useState<CredentialValue | null>(null);
  const [edited, setEdited] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const scheme = schemeOf(url);
  const credential = scheme && (fitsScheme(chosen, scheme) ? chosen : firstCredential(scheme));
  const where = place === "path" ? path : url;
  const name = edited ?? nameOf(where);

  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (where.trim() === "" || name.trim() === "" || pending) return;
    const project = { name: name.trim() };
    if (place === "path") onSubmit({ ...project, source: { path: path.trim() } });
    else onSubmit({ ...project, source: { url: url.trim() }, credential: credential ?? undefined });
  }

  return (
    <form id={formId} onSubmit={submit} className="flex flex-col gap-4" noValidate>
      {error && <Banner tone="danger">{error}</Banner>}
      <Segmented
        label="Where the repository is"
        value={place}
        onValueChange={(value) => setPlace(value as "path" | "url")}
        options={places}
      />
      {place === "path" ? (
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
      ) : (
        <>
          <Field
            label="Address of the repository"
            hint="https or ssh, without a password in it."
            error={asked && url.trim() === "" ? "Write the address of a git repository" : fieldErrors?.url}
          >
            {(control) => (
              <Input
                {...control}
                value={url}
                placeholder="git@example.com:ada/shop.git"
                className="font-mono text-xs"
                spellCheck={false}
                autoCapitalize="off"
                autoComplete="off"
                onChange={(event) => setUrl(event.target.value)}
              />
            )}
          </Field>
          {scheme && credential && (
            <CredentialFields scheme={scheme} value={credential} onChange={setChosen} error={fieldErrors?.credential} />
          )}
        </>
      )}
      <Field label="Name" error={asked && name.trim() === "" ? "Give the project a name" : fieldErrors?.name}>
        {(control) => (
          <Input {...control} value={name} autoComplete="off" onChange={(event) => setEdited(event.target.value)} />
        )}
      </Field>
    </form>
  );
}

function nameOf(where: string): string {
  const last = where.trim().replace(/\/+$/, "").split(/[/:]/).at(-1) ?? "";
  return last.replace(/\.git$/, "");
}
