import type { Permission } from "@heddle/db/permissions";
import type { ThreadView } from "@heddle/db/threads.schema";
import { useQuery } from "@tanstack/react-query";
import { type Outputs, useTRPC } from "./trpc.ts";

/** The workspace, who is signed in, and what the role allows. */
export function useWorkspace() {
  return useQuery(useTRPC().workspaces.current.queryOptions());
}

/** Whether the role allows something; false while that is not known. The server has the last word. */
export function useCan(permission: Permission): boolean {
  return useWorkspace().data?.permissions.includes(permission) ?? false;
}

/** Whether a thread's reader may do something in it, as of when it was read. */
export function canOn(thread: Pick<ThreadView, "permissions">, permission: Permission): boolean {
  return thread.permissions.includes(permission);
}

/** … in a project, where a role of its own may allow more or less; `undefined` while that is not known. */
export function useCanIn(projectId: string, permission: Permission): boolean | undefined {
  const inProject = { select: (projects: Outputs["projects"]["list"]) => allows(projects, projectId, permission) };
  return useQuery(useTRPC().projects.list.queryOptions(undefined, inProject)).data;
}

function allows(projects: Outputs["projects"]["list"], projectId: string, permission: Permission): boolean {
  return projects.find(({ id }) => id === projectId)?.permissions.includes(permission) ?? false;
}
