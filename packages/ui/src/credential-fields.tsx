"use client";
import { Field } from "./field.tsx";
import { Input, Textarea } from "./input.tsx";
import { Segmented } from "./segmented.tsx";

/** How Heddle is known at a repository's server. */
export type CredentialValue =
  | { kind: "none" }
  | { kind: "token"; username: string; token: string }
  | { kind: "newKey" }
  | { kind: "key"; privateKey: string; passphrase: string };

export type RemoteScheme = "https" | "ssh";

export type CredentialFieldsProps = {
  scheme: RemoteScheme;
  value: CredentialValue;
  onChange: (value: CredentialValue) => void;
  /** What is wrong with the token or the key. */
  error?: string;
};

/** What an address asks for; null for what is none yet. */
export function schemeOf(address: string): RemoteScheme | null {
  if (/^https:\/\//i.test(address.trim())) return "https";
  return /^ssh:\/\/|^[^/\s:]+:(?!\/\/|:)/i.test(address.trim()) ? "ssh" : null;
}

/** Whether a credential is one for such an address. */
export function fitsScheme(value: CredentialValue | null, scheme: RemoteScheme): value is CredentialValue {
  const ofHttps = value?.kind === "none" || value?.kind === "token";
  return value !== null && ofHttps === (scheme === "https");
}

/** The usual one for an address. */
export function firstCredential(scheme: RemoteScheme): CredentialValue {
  return scheme === "ssh" ? { kind: "newKey" } : { kind: "none" };
}

/** A choice of credential for an address, with the fields that it asks for. */
export function CredentialFields({ scheme, value, onChange, error }: CredentialFieldsProps) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-1.5">
        <p className="font-medium text-fg text-sm" aria-hidden>
          Credential
        </p>
        <Segmented
          label="Credential"
          value={value.kind}
          onValueChange={(kind) => onChange(emptyOf(kind as CredentialValue["kind"]))}
          options={choices[scheme]}
        />
      </div>
      {value.kind === "none" && (
        <p className="text-muted text-xs">For a repository that anybody may read. It cannot be pushed to.</p>
      )}
      {value.kind === "newKey" && (
        <p className="text-muted text-xs">
          Heddle makes a key. You find its public half on the project's page: add it at the server, with write access if
          threads are to be pushed.
        </p>
      )}
      {value.kind === "token" && (
        <>
          <Field label="User" optional hint="Most servers take any name with a token.">
            {(control) => (
              <Input
                {...control}
                value={value.username}
                placeholder="git"
                autoComplete="off"
                spellCheck={false}
                className="font-mono text-xs"
                onChange={(event) => onChange({ ...value, username: event.target.value })}
              />
            )}
          </Field>
          <Field label="Token" hint="Stored encrypted, given to git alone, and never shown again." error={error}>
            {(control) => (
              <Input
                {...control}
                type="password"
                value={value.token}
                autoComplete="off"
                className="font-mono text-xs"
                onChange={(event) => onChange({ ...value, token: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
      {value.kind === "key" && (
        <>
          <Field label="Private key" hint="Stored encrypted and never shown again." error={error}>
            {(control) => (
              <Textarea
                {...control}
                value={value.privateKey}
                rows={4}
                spellCheck={false}
                autoComplete="off"
                placeholder="-----BEGIN … PRIVATE KEY-----"
                className="font-mono text-xs"
                onChange={(event) => onChange({ ...value, privateKey: event.target.value })}
              />
            )}
          </Field>
          <Field label="Passphrase" optional>
            {(control) => (
              <Input
                {...control}
                type="password"
                value={value.passphrase}
                autoComplete="off"
                onChange={(event) => onChange({ ...value, passphrase: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
    </div>
  );
}

const choices = {
  https: [
    { value: "none", label: "None" },
    { value: "token", label: "Token" },
  ],
  ssh: [
    { value: "newKey", label: "New key" },
    { value: "key", label: "Own key" },
  ],
};

function emptyOf(kind: CredentialValue["kind"]): CredentialValue {
  switch (kind) {
    case "token":
      return { kind, username: "", token: "" };
    case "key":
      return { kind, privateKey: "", passphrase: "" };
    default:
      return { kind };
  }
}
