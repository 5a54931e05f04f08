import { skipToken, useQuery } from "@tanstack/react-query";
import { useTRPC } from "../shell/trpc.ts";

/** A thread's own row, kept fresh by the event stream. */
export function useThread(threadId: string | undefined) {
  return useQuery(useTRPC().threads.get.queryOptions(threadId === undefined ? skipToken : { threadId }));
}
