import type { InboxListView } from "@heddle/db/inbox.schema";
import { useQuery } from "@tanstack/react-query";
import { type Outputs, useTRPC } from "../shell/trpc.ts";
import { useWorkspace } from "../shell/use-workspace.ts";

export type InboxItem = Outputs["inbox"]["list"]["items"][number];

/** The reader's inbox, kept fresh by the event stream. */
export function useInbox(view: InboxListView) {
  return useQuery(useTRPC().inbox.list.queryOptions({ view }));
}

/** How much waits for the reader: what others have taken does not. 0 while that is not known. */
export function useInboxCount(): number {
  const me = useWorkspace().data?.me.id;
  const { data } = useInbox("open");
  return data?.items.filter(({ claimedBy }) => claimedBy === null || claimedBy.id === me).length ?? 0;
}

/** Where an item leads. */
export function hrefOf({ thread, place }: InboxItem): string {
  if (thread === null) return "/settings/status";
  return place === null ? `/threads/${thread.id}` : `/threads/${thread.id}?${place}`;
}
