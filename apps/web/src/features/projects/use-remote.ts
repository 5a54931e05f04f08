import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Outputs, useTRPC } from "../shell/trpc.ts";

type Project = Outputs["projects"]["get"];

/** What can be done about a project's source. Answers of the worker come with the event stream. */
export function useRemote(projectId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = (project: Project) => {
    queryClient.setQueryData(trpc.projects.get.queryKey({ projectId }), project);
    void queryClient.invalidateQueries({ queryKey: trpc.projects.list.queryKey() });
  };
  return {
    fetch: useMutation(trpc.projects.fetch.mutationOptions({ onSuccess })),
    cancel: useMutation(trpc.projects.cancelFetch.mutationOptions({ onSuccess })),
    confirm: useMutation(trpc.projects.confirmHostKey.mutationOptions({ onSuccess })),
    set: useMutation(trpc.projects.setRemote.mutationOptions({ onSuccess })),
  };
}
