import { z } from "zod";
import { projectRoles, workspaceRoles } from "./permissions.ts";

export const projectMembersView = z.object({
  visibility: z.enum(["workspace", "restricted"]),
  members: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      /** In the workspace. */
      workspaceRole: z.enum(workspaceRoles),
      /** In the project; `null` for who sees it by the role in the workspace alone. */
      role: z.enum(projectRoles).nullable(),
    }),
  ),
});
export type ProjectMembersView = z.infer<typeof projectMembersView>;

export const setProjectMemberInput = z.object({ userId: z.string(), role: z.enum(projectRoles) });
export type SetProjectMemberInput = z.output<typeof setProjectMemberInput>;

export const setVisibilityInput = z.object({ visibility: z.enum(["workspace", "restricted"]) });
export type SetVisibilityInput = z.output<typeof setVisibilityInput>;
