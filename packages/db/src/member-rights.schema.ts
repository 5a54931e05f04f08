import { z } from "zod";
import { accessLevels, accessReasons } from "./explain-access.ts";
import { permissionNames, projectRoles, workspaceRoles } from "./permissions.ts";

export const memberRights = z.object({
  role: z.enum(workspaceRoles),
  /** Who gave the role, and when; `byName` is null where nobody did, such as for who made the workspace. */
  given: z.object({ at: z.date(), byName: z.string().nullable() }),
  /** What the role allows in the workspace itself. */
  permissions: z.array(z.enum(permissionNames)),
  projects: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      restricted: z.boolean(),
      /** The role given in it. */
      role: z.enum(projectRoles).nullable(),
      level: z.enum(accessLevels),
      reason: z.enum(accessReasons),
    }),
  ),
  /** Threads in which the member was given a right. */
  threads: z.number(),
});
export type MemberRights = z.infer<typeof memberRights>;
export type ProjectRights = MemberRights["projects"][number];
