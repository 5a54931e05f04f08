import { z } from "zod";
import { permissionNames, workspaceRoles } from "./permissions.ts";

export const createWorkspaceInput = z.object({ name: z.string().trim().min(1, "Give the workspace a name.").max(100) });

export const workspaceView = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(workspaceRoles),
  permissions: z.array(z.enum(permissionNames)),
  me: z.object({ id: z.string(), name: z.string() }),
});
export type WorkspaceView = z.infer<typeof workspaceView>;
