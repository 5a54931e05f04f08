import type { ThreadView } from "@heddle/db/threads.schema";

/** The address that shows a colleague the same place: of the open thread with its tab and file, of others the thread. */
export function threadLink({ id }: Pick<ThreadView, "id">): string {
  const path = `/threads/${id}`;
  return `${location.origin}${path}${location.pathname === path ? location.search : ""}`;
}
