"use client";
import { Combobox } from "@heddle/ui/combobox";
import { Composer } from "@heddle/ui/composer";
import { Select } from "@heddle/ui/select";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { GitBranch } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { useEnterSends } from "../settings/use-enter-sends.ts";
import { messageOf } from "../shell/failure.ts";
import { type Outputs, useTRPC } from "../shell/trpc.ts";
import { useDraft } from "./use-draft.ts";
import { useModels } from "./use-models.ts";

type Project = Outputs["projects"]["get"];

export type NewThreadProps = {
  project: Project;
  /** Before the branch: the choice of the project. */
  picker?: ReactNode;
  placeholder: string;
  autoFocus?: boolean;
};

const visibilities = [
  { value: "shared", label: "Shared" },
  { value: "private", label: "Private" },
] as const;

/** Where a thread is started: prompt, base branch, who may see it, model. */
export function NewThread({ project, picker, placeholder, autoFocus }: NewThreadProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { models, model, choose, missing } = useModels();
  const draft = useDraft("new");
  const [enterSends] = useEnterSends();
  const [branch, setBranch] = useState<string | null>(null);
  const [visibility, setVisibility] = useState<"shared" | "private">("shared");
  const list = useQuery(
    trpc.projects.branches.queryOptions({ projectId: project.id }, { enabled: project.status === "ready" }),
  );
  const create = useMutation(
    trpc.threads.create.mutationOptions({
      onSuccess(thread) {
        queryClient.setQueryData(trpc.threads.get.queryKey({ threadId: thread.id }), thread);
        void queryClient.invalidateQueries({ queryKey: trpc.threads.listAll.queryKey() });
        router.push(`/threads/${thread.id}`);
      },
    }),
  );

  async function start(prompt: string): Promise<boolean> {
    const input = { projectId: project.id, prompt, model, visibility, ...(branch === null ? {} : { baseRef: branch }) };
    await create.mutateAsync(input);
    return true;
  }

  return (
    <Composer
      onSend={start}
      models={models}
      model={model}
      onModelChange={choose}
      placeholder={placeholder}
      sendLabel="Start thread"
      error={messageOf(create.error)}
      disabledReason={reasonAgainst(project) ?? missing}
      initialText={draft.initialText}
      onTextChange={draft.keep}
      enterSends={enterSends}
      autoFocus={autoFocus}
      tools={
        <>
          {picker}
          <Combobox
            icon={GitBranch}
            label="Base branch"
            placeholder={list.isError ? "Default branch" : "Branch"}
            value={branch ?? list.data?.defaultBranch ?? project.defaultBranch}
            onValueChange={setBranch}
            options={list.data?.branches.map(({ name }) => name) ?? []}
            noteOf={(name) => (name === list.data?.defaultBranch ? "default" : undefined)}
            disabled={!list.data}
          />
          <Select
            quiet
            side="top"
            aria-label="Who may see it"
            value={visibility}
            onValueChange={(value) => setVisibility(value === "private" ? "private" : "shared")}
            options={[...visibilities]}
          />
        </>
      }
    />
  );
}

function reasonAgainst(project: Project): string | null {
  if (project.status === "failed") return project.reason ?? "The project's repository could not be read.";
  return null;
}
