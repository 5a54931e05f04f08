"use client";
import { type FormEvent, useState } from "react";
import { Banner } from "./banner.tsx";
import { Field } from "./field.tsx";
import { Input, Textarea } from "./input.tsx";
import { Select, type SelectOption } from "./select.tsx";

export type ProviderInput = {
  name: string;
  kind: string;
  baseUrl?: string;
  /** Absent: keep the stored one, or none. */
  apiKey?: string;
  models: { id: string }[];
};

export type ProviderFormProps = {
  /** For the button outside the form: `<Button type="submit" form={id}>`. */
  id: string;
  kinds: SelectOption[];
  initial?: { name: string; kind: string; baseUrl?: string | null; apiKeyHint?: string | null; models: string[] };
  onSubmit: (provider: ProviderInput) => void;
  error?: string | null;
  fieldErrors?: Partial<Record<"name" | "kind" | "baseUrl" | "apiKey" | "models", string>>;
};

export function ProviderForm({ id, kinds, initial, onSubmit, error, fieldErrors }: ProviderFormProps) {
  const [kind, setKind] = useState(initial?.kind ?? kinds[0]?.value ?? "");
  const [missing, setMissing] = useState<{ name?: string; models?: string }>({});

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (field: string) => String(form.get(field) ?? "").trim();
    const models = [
      ...new Set(
        text("models")
          .split(/[\s,]+/)
          .filter(Boolean),
      ),
    ].map((model) => ({ id: model }));
    setMissing({
      name: text("name") === "" ? "Give the provider a name" : undefined,
      models: models.length === 0 ? "Name at least one model" : undefined,
    });
    if (text("name") === "" || models.length === 0) return;
    onSubmit({
      name: text("name"),
      kind,
      baseUrl: text("baseUrl") || undefined,
      apiKey: text("apiKey") || undefined,
      models,
    });
  }

  return (
    <form id={id} onSubmit={submit} className="flex flex-col gap-4" noValidate>
      {error && <Banner tone="danger">{error}</Banner>}
      <Field label="Name" error={missing.name ?? fieldErrors?.name}>
        {(control) => (
          <Input {...control} name="name" defaultValue={initial?.name} placeholder="Our gateway" autoComplete="off" />
        )}
      </Field>
      <Field label="Protocol" error={fieldErrors?.kind}>
        {(control) => <Select {...control} value={kind} onValueChange={setKind} options={kinds} />}
      </Field>
      <Field label="Base URL" optional error={fieldErrors?.baseUrl} hint="Empty for the provider's own address.">
        {(control) => (
          <Input
            {...control}
            name="baseUrl"
            type="url"
            defaultValue={initial?.baseUrl ?? ""}
            placeholder="https://models.example.com/v1"
            className="font-mono text-xs"
          />
        )}
      </Field>
      <Field
        label="API key"
        optional
        error={fieldErrors?.apiKey}
        hint={
          initial?.apiKeyHint
            ? `A key that ends in ${initial.apiKeyHint} is stored. Leave this empty to keep it.`
            : "Stored encrypted and never shown again."
        }
      >
        {(control) => (
          <Input {...control} name="apiKey" type="password" autoComplete="off" className="font-mono text-xs" />
        )}
      </Field>
      <Field
        label="Models"
        error={missing.models ?? fieldErrors?.models}
        hint="One id per line, as the provider calls them."
      >
        {(control) => (
          <Textarea
            {...control}
            name="models"
            defaultValue={initial?.models.join("\n")}
            rows={3}
            spellCheck={false}
            className="font-mono text-xs"
          />
        )}
      </Field>
    </form>
  );
}
