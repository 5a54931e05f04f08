import { z } from "zod";
import { projectRoles, threadRights, workspaceRoles } from "./permissions.ts";

const right = z.enum(threadRights);

/** Who sees a thread, and what each of them may do in it. */
export const sharingView = z.object({
  visibility: z.enum(["private", "shared"]),
  /** Whose thread it is: no member of the workspace any more when not among `people`. */
  ownerId: z.string(),
  /** Everybody who sees the project, by name. */
  people: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      workspaceRole: z.enum(workspaceRoles),
      projectRole: z.enum(projectRoles).nullable(),
      /** Given in this thread. */
      right: right.nullable(),
      /** The most that they may do, by whatever gives it; `null` for who does not see the thread. */
      may: right.nullable(),
      /** What can be given to them. */
      rights: z.array(right),
      /** Whether the thread can be handed to them. */
      mayOwn: z.boolean(),
    }),
  ),
});
export type SharingView = z.infer<typeof sharingView>;

export const setThreadVisibilityInput = z.object({ visibility: z.enum(["private", "shared"]) });
export type SetThreadVisibilityInput = z.output<typeof setThreadVisibilityInput>;

export const setThreadMemberInput = z.object({ userId: z.string(), right });
export type SetThreadMemberInput = z.output<typeof setThreadMemberInput>;

/** What a change of the rights in a thread has done. */
export const sharingChanged = z.object({
  /** Turns stopped, running and waiting, because their senders may no longer steer. */
  turns: z.number(),
});
export type SharingChanged = z.infer<typeof sharingChanged>;
