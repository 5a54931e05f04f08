import type { ThreadView, TurnView } from "@heddle/db/threads.schema";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../shell/trpc.ts";

/** The turns of a thread in order, then those that wait; read again by the event stream. */
export function useTurns(threadId: string): TurnView[] | undefined {
  return useQuery(useTRPC().threads.turns.queryOptions({ threadId })).data;
}

/** A turn runs, or one is about to: what is sent now waits, or steers. */
export function isBusy({ status }: ThreadView): boolean {
  return status === "running" || status === "waiting";
}

const begun: readonly TurnView["status"][] = ["completed", "failed", "interrupted"];

/** Turns whose prompt can be edited and sent again, while the thread is at rest. */
export function resendable(turns: readonly TurnView[]): TurnView[] {
  return turns.filter(({ status }) => begun.includes(status));
}
