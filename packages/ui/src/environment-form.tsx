"use client";
import type { FormEvent, ReactNode } from "react";
import { Field } from "./field.tsx";
import { Input, Textarea } from "./input.tsx";
import { LinesField } from "./lines-field.tsx";

/** Hosts one per line; empty texts for what is not set. */
export type EnvironmentValues = { setupScript: string; setupHosts: string; allowedHosts: string; devCommand: string };

/** What is wrong with a field; for hosts, by line from 0. */
export type EnvironmentErrors = {
  setupScript?: string;
  setupHosts?: Record<number, string>;
  allowedHosts?: Record<number, string>;
  devCommand?: string;
  /** Of no single line. */
  whole?: string;
};

export type EnvironmentFormProps = {
  /** Buttons outside the form refer to it by this. */
  id: string;
  values: EnvironmentValues;
  onChange: (values: EnvironmentValues) => void;
  onSubmit: () => void;
  errors?: EnvironmentErrors;
  readOnly?: boolean;
  /** Below the script: whether somebody has agreed to it. */
  agreement?: ReactNode;
};

const hostsHelp = "One host per line: a name or *.name, with a port if it is neither 443 nor 80.";

/** What every worktree of a project needs: how it is set up, what it may reach, how its app is started. */
export function EnvironmentForm(props: EnvironmentFormProps) {
  const { id, values, onChange, onSubmit, errors = {}, readOnly, agreement } = props;
  const change = (part: Partial<EnvironmentValues>) => onChange({ ...values, ...part });

  function submit(event: FormEvent) {
    event.preventDefault();
    onSubmit();
  }

  return (
    <form id={id} onSubmit={submit} className="flex flex-col gap-6" noValidate>
      <Group title="Setup" description="Runs once in each new worktree, before the agent's first step.">
        <Field
          label="Setup script"
          optional
          error={errors.setupScript}
          hint="Run with bash in the root of the worktree: npm ci, pip install, and the like. A change must be agreed to again."
        >
          {(control) => (
            <Textarea
              {...control}
              value={values.setupScript}
              readOnly={readOnly}
              rows={8}
              spellCheck={false}
              autoCapitalize="off"
              placeholder={"npm ci"}
              onChange={(event) => change({ setupScript: event.target.value })}
              className="field-sizing-content max-h-[60dvh] min-h-40 font-mono text-xs leading-[18px]"
            />
          )}
        </Field>
        {agreement}
        <LinesField
          label="Hosts for setup"
          hint={`What the setup script may reach, for example its package registry. ${hostsHelp}`}
          value={values.setupHosts}
          errors={errors.setupHosts}
          readOnly={readOnly}
          onChange={(setupHosts) => change({ setupHosts })}
        />
      </Group>
      <Group title="Network" description="What the agent's commands may reach. Without hosts they have no network.">
        <LinesField
          label="Hosts for commands"
          hint={`${hostsHelp} Private addresses are always refused. A change takes effect at once, in running threads too.`}
          value={values.allowedHosts}
          errors={errors.allowedHosts}
          readOnly={readOnly}
          onChange={(allowedHosts) => change({ allowedHosts })}
        />
      </Group>
      <Group title="Dev server" description="Starts the app of a thread, so that you can look at it.">
        <Field
          label="Dev command"
          optional
          error={errors.devCommand}
          hint="It is given a free port as PORT. Started from a thread's details."
        >
          {(control) => (
            <Input
              {...control}
              value={values.devCommand}
              readOnly={readOnly}
              spellCheck={false}
              autoCapitalize="off"
              placeholder="npm run dev"
              onChange={(event) => change({ devCommand: event.target.value })}
              className="font-mono text-xs"
            />
          )}
        </Field>
      </Group>
    </form>
  );
}

function Group({ title, description, children }: { title: string; description: string; children: ReactNode }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4 rounded-lg border border-line px-4 pt-3 pb-4">
      <legend className="sr-only">{title}</legend>
      <div>
        <p className="font-medium text-base" aria-hidden>
          {title}
        </p>
        <p className="text-muted text-sm">{description}</p>
      </div>
      {children}
    </fieldset>
  );
}
