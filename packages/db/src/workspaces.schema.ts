import { z } from "zod";
import { permissionNames, workspaceRoles } from "./permissions.ts";

export const workspaceNameInput = z.object({ name: z.string().trim().min(1, "Give the workspace a name.").max(100) });

/** @property name the workspace's, typed by who deletes it */
export const deleteWorkspaceInput = z.object({ name: z.string().max(100) });

/** @property token for who asked with one */
export const createdWorkspace = z.object({ id: z.string(), token: z.string().nullable() });

export const joinedWorkspace = z.object({ id: z.string(), name: z.string(), role: z.enum(workspaceRoles) });
export type JoinedWorkspace = z.infer<typeof joinedWorkspace>;

export const workspaceView = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(workspaceRoles),
  permissions: z.array(z.enum(permissionNames)),
  me: z.object({ id: z.string(), name: z.string() }),
});
export type WorkspaceView = z.infer<typeof workspaceView>;
