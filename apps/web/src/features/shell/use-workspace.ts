import type { Permission } from "@heddle/db/permissions";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "./trpc.ts";

/** The workspace, who is signed in, and what the role allows. */
export function useWorkspace() {
  return useQuery(useTRPC().workspaces.current.queryOptions());
}

/** Whether the role allows something; false while that is not known. The server has the last word. */
export function useCan(permission: Permission): boolean {
  return useWorkspace().data?.permissions.includes(permission) ?? false;
}
