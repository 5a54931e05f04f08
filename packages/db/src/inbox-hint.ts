import type { After } from "./mutate.ts";

/** NOTIFY refuses 8,000 bytes and more. */
const mostIds = 150;

/** Tells the open pages of members that their inboxes have changed. */
export function hintInboxes(after: After, workspaceId: string, userIds: readonly string[]): void {
  const ids = [...new Set(userIds)];
  for (let start = 0; start < ids.length; start += mostIds) {
    after({ k: "inbox", w: workspaceId, u: ids.slice(start, start + mostIds) });
  }
}
