import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC, useTRPCClient } from "../shell/trpc.ts";
import { hostEntry, isListed } from "./allowed-hosts.ts";

type Target = { host: string; port: number };

/** Adds hosts to what the commands of a project may reach; the message that says so can undo it. */
export function useAllowHost(projectId: string) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const options = trpc.projects.environment.queryOptions({ projectId });
  const list = useQuery(options).data?.allowedHosts ?? [];

  /** Changes the list as it is now, not as it was when the page was loaded. */
  async function change(how: (hosts: string[]) => string[]): Promise<void> {
    const { allowedHosts } = await client.projects.environment.query({ projectId });
    const saved = await client.projects.setEnvironment.mutate({ projectId, allowedHosts: how(allowedHosts) });
    queryClient.setQueryData(options.queryKey, saved);
  }

  const onError = (error: unknown) =>
    void notify("The project's hosts were not changed", { description: failureOf(error).message });
  const remove = useMutation({
    mutationFn: ({ host, port }: Target) => change((hosts) => hosts.filter((one) => one !== hostEntry(host, port))),
    onError,
  });
  const add = useMutation({
    mutationFn: ({ host, port }: Target) => change((hosts) => [...hosts, hostEntry(host, port)]),
    onSuccess(_, target) {
      const action = { label: "Undo", onClick: () => remove.mutate(target) };
      const description = "Commands of every thread of the project may reach it from now on.";
      void notify(`${hostEntry(target.host, target.port)} is allowed`, { description, action });
    },
    onError,
  });
  return {
    allow: (target: Target) => add.mutate(target),
    allowing: add.isPending ? add.variables : null,
    isAllowed: ({ host, port }: Target) => isListed(list, host, port),
  };
}
