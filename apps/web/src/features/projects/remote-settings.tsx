"use client";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { CodeLine } from "@heddle/ui/code-line";
import {
  CredentialFields,
  type CredentialValue,
  firstCredential,
  fitsScheme,
  schemeOf,
} from "@heddle/ui/credential-fields";
import { Field } from "@heddle/ui/field";
import { Input } from "@heddle/ui/input";
import { Select } from "@heddle/ui/select";
import { type FormEvent, type ReactNode, useState } from "react";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import type { Outputs } from "../shell/trpc.ts";
import { credentialError, credentialInputOf } from "./credential-values.ts";
import { useRemote } from "./use-remote.ts";

type Project = Outputs["projects"]["get"];
type Remote = NonNullable<Project["remote"]>;

const schedules = [
  { value: "0", label: "Never by itself" },
  { value: "5", label: "Every 5 minutes" },
  { value: "15", label: "Every 15 minutes" },
  { value: "60", label: "Every hour" },
  { value: "1440", label: "Every day" },
];

/** How a repository at an address is reached. Each part is saved on its own; a credential is never shown again. */
export function RemoteSettings({ project, remote }: { project: Project; remote: Remote }) {
  const canManage = project.permissions.includes("project.manage");
  const saved = "url" in project.source ? project.source.url : "";
  const { set } = useRemote(project.id);
  const [url, setUrl] = useState<string | null>(null);
  const [chosen, setCredential] = useState<CredentialValue | null>(null);
  const address = url ?? saved;
  const scheme = schemeOf(address);
  const credential = chosen && scheme && !fitsScheme(chosen, scheme) ? firstCredential(scheme) : chosen;
  const failure = set.error ? failureOf(set.error) : null;
  const urlError = failure && /^URL_|^ADDRESS_/.test(failure.code) ? failure.message : failure?.fields.url;
  const keyError =
    failure?.code === "CREDENTIAL_NOT_VALID" ? failure.message : failure ? credentialError(failure.fields) : undefined;
  const dirty = (url !== null && url.trim() !== saved) || credential !== null;

  function discard() {
    set.reset();
    setUrl(null);
    setCredential(null);
  }

  function save(event: FormEvent) {
    event.preventDefault();
    if (!dirty || set.isPending) return;
    const changes = {
      ...(url === null || url.trim() === saved ? {} : { url: url.trim() }),
      ...(credential === null ? {} : { credential: credentialInputOf(credential) }),
    };
    set.mutate(
      { projectId: project.id, ...changes },
      {
        onSuccess() {
          discard();
          void notify("Repository saved", { description: "It is fetched again now." });
        },
      },
    );
  }

  return (
    <form
      onSubmit={save}
      className="flex min-w-0 flex-col gap-4 rounded-lg border border-line px-4 pt-3 pb-4"
      noValidate
    >
      {failure && !urlError && !keyError && <Banner tone="danger">{failure.message}</Banner>}
      <Field
        label="Address"
        error={urlError}
        hint={
          url !== null && url.trim() !== saved ? "Another server gets nothing of the present credential." : undefined
        }
      >
        {(control) => (
          <Input
            {...control}
            value={address}
            readOnly={!canManage}
            spellCheck={false}
            autoCapitalize="off"
            className="font-mono text-xs"
            onChange={(event) => setUrl(event.target.value)}
          />
        )}
      </Field>
      {credential === null ? (
        <Present remote={remote}>
          {canManage && scheme && (
            <Button size="sm" onClick={() => setCredential(firstCredential(scheme))}>
              Replace
            </Button>
          )}
        </Present>
      ) : (
        scheme && <CredentialFields scheme={scheme} value={credential} onChange={setCredential} error={keyError} />
      )}
      <Field label="Fetch" hint="Threads always start from what is new.">
        {(control) => (
          <Select
            {...control}
            value={String(remote.fetchEveryMinutes)}
            disabled={!canManage || set.isPending}
            options={withOwn(remote.fetchEveryMinutes)}
            onValueChange={(minutes) => set.mutate({ projectId: project.id, fetchEveryMinutes: Number(minutes) })}
          />
        )}
      </Field>
      {dirty && (
        <div className="flex justify-end gap-2">
          <Button onClick={discard}>Discard</Button>
          <Button type="submit" variant="primary" pending={set.isPending}>
            Save repository
          </Button>
        </div>
      )}
    </form>
  );
}

function Present({ remote, children }: { remote: Remote; children: ReactNode }) {
  const what = {
    none: "None: the repository is read as anybody can, and cannot be pushed to.",
    token: `A token of “${remote.username}”.`,
    key: "An ssh key. Its public half:",
  }[remote.credential];
  return (
    <div className="flex flex-col gap-1.5">
      <p className="font-medium text-fg text-sm">Credential</p>
      <div className="flex items-center justify-between gap-3 text-muted text-sm">
        <p>{what}</p>
        {children}
      </div>
      {remote.publicKey && <CodeLine text={remote.publicKey} label="Copy the public key" />}
      {remote.hostKey && (
        <p className="text-muted text-xs">
          The server's key: <code className="font-mono [overflow-wrap:anywhere]">{remote.hostKey}</code>
        </p>
      )}
    </div>
  );
}

/** The usual schedules, and the one that was set otherwise. */
function withOwn(minutes: number) {
  const value = String(minutes);
  if (schedules.some((schedule) => schedule.value === value)) return schedules;
  return [...schedules, { value, label: `Every ${minutes} minutes` }];
}
