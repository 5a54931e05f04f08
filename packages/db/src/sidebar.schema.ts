import { z } from "zod";

/** Which threads a member's list shows; archived ones have a place of their own. */
export const sidebarFilter = z.object({
  status: z.enum(["running", "waiting", "failed", "idle"]).nullable(),
  /** Those alone that the member has started. */
  mine: z.boolean(),
  projectId: z.string().max(64).nullable(),
});
export type SidebarFilter = z.infer<typeof sidebarFilter>;

export const sidebarView = z.object({
  /** Threads that stay on top, in order; some may be gone by now. */
  pins: z.array(z.string()),
  filter: sidebarFilter,
});
export type SidebarView = z.infer<typeof sidebarView>;

/** What is absent stays as it is. */
export const setSidebarInput = z.object({
  pins: z.array(z.string().max(64)).max(200, "That is too many pinned threads.").optional(),
  filter: sidebarFilter.optional(),
});
export type SetSidebarInput = z.infer<typeof setSidebarInput>;
