import type { ThreadRight } from "@heddle/db/permissions";

/** What a right in a thread is called. */
export const rightLabels: Record<ThreadRight, string> = {
  view: "Can view",
  comment: "Can comment",
  steer: "Can steer",
};

export const rightNotes: Record<ThreadRight, string> = {
  view: "reads along",
  comment: "and writes comments",
  steer: "and prompts the agent",
};
