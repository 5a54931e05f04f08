"use client";
import type { EnvironmentView } from "@heddle/db/projects.schema";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { EnvironmentForm, type EnvironmentValues } from "@heddle/ui/environment-form";
import { SetupAgreement } from "@heddle/ui/setup-agreement";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";
import { UnsavedGuard } from "../shell/unsaved-guard.tsx";
import { useCanIn, useWorkspace } from "../shell/use-workspace.ts";
import { errorsOf, inputOf, valuesOf } from "./environment-values.ts";

const lookAbove = "Not saved: look at what is marked in red.";

export type EnvironmentProps = { projectId: string; environment: EnvironmentView };

/** The form of a project's environment. Somebody else's change shows, and never takes away what is being written. */
export function Environment({ projectId, environment }: EnvironmentProps) {
  const workspace = useWorkspace().data;
  const canManage = useCanIn(projectId, "project.manage");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const approve = useRef(false);
  const [base, setBase] = useState(() => valuesOf(environment));
  const [values, setValues] = useState(base);
  const dirty = !same(values, base);
  const theirs = valuesOf(environment);
  if (!dirty && !same(theirs, base)) take(theirs);

  function take(next: EnvironmentValues) {
    setBase(next);
    setValues(next);
  }

  const save = useMutation(
    trpc.projects.setEnvironment.mutationOptions({
      onSuccess(saved) {
        queryClient.setQueryData(trpc.projects.environment.queryKey({ projectId }), saved);
        take(valuesOf(saved));
        void notify("Environment saved");
      },
    }),
  );
  const failure = save.error ? failureOf(save.error) : null;
  const errors = failure ? errorsOf(failure.fields, values) : undefined;
  const complaint =
    failure && (errors?.whole ?? (Object.keys(failure.fields).length > 0 ? lookAbove : failure.message));

  function submit() {
    save.mutate({ projectId, ...inputOf(values), approve: approve.current });
    approve.current = false;
  }

  return (
    <>
      {workspace && canManage === false && (
        <Banner>
          Your role ({workspace.role}) reads these settings. An owner, an admin or a maintainer of the project changes
          them.
        </Banner>
      )}
      {dirty && !same(theirs, base) && (
        <Banner
          tone="warn"
          title="Somebody else has changed these settings meanwhile"
          action={
            <Button size="sm" onClick={() => take(theirs)}>
              Show theirs
            </Button>
          }
        >
          Saving replaces their change with yours.
        </Banner>
      )}
      <EnvironmentForm
        id={formId}
        values={values}
        onChange={setValues}
        onSubmit={submit}
        errors={errors}
        readOnly={!canManage}
        agreement={
          values.setupScript.trim() !== "" && (
            <SetupAgreement
              agreed={environment.setupApproved && !scriptChanged(values, base)}
              changed={scriptChanged(values, base)}
              form={canManage ? formId : undefined}
              onAgree={() => {
                approve.current = true;
              }}
              pending={save.isPending && save.variables?.approve === true}
            />
          )
        }
      />
      {canManage && (
        <footer className="sticky bottom-0 -mx-4 flex items-center justify-end gap-2 border-line border-t bg-surface px-4 py-3">
          <p role="status" className={`mr-auto text-xs ${complaint ? "text-danger" : "text-muted"}`}>
            {complaint ?? (dirty ? "Not saved yet" : "All changes are saved")}
          </p>
          <Button onClick={() => take(theirs)} disabled={!dirty || save.isPending}>
            Discard
          </Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            disabled={!dirty && !save.isPending}
            pending={save.isPending}
          >
            Save
          </Button>
        </footer>
      )}
      <UnsavedGuard dirty={dirty} />
    </>
  );
}

function same(a: EnvironmentValues, b: EnvironmentValues): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function scriptChanged(a: EnvironmentValues, b: EnvironmentValues): boolean {
  return a.setupScript !== b.setupScript || a.setupHosts !== b.setupHosts;
}
