"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "next/navigation";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useTRPC } from "../shell/trpc.ts";
import { useWorkspace } from "../shell/use-workspace.ts";
import { createLiveConnection, type LiveConnection, type LiveStatus, type PresentPerson } from "./live-connection.ts";
import { createLiveHandlers } from "./live-handlers.ts";
import { emptyThread, type ThreadState } from "./thread-state.ts";

const LiveContext = createContext<LiveConnection | null>(null);

/** Listens to the workspace and to the thread that the address names. */
export function LiveProvider({ workspaceId, children }: { workspaceId: string | undefined; children: ReactNode }) {
  const queryClient = useQueryClient();
  const trpc = useTRPC();
  const [connection] = useState(() => createLiveConnection(createLiveHandlers(queryClient, trpc), workspaceId));
  const { threadId } = useParams<{ threadId?: string }>();
  useEffect(() => connection.open(threadId ?? null), [connection, threadId]);
  return <LiveContext value={connection}>{children}</LiveContext>;
}

function useConnection(): LiveConnection {
  const connection = useContext(LiveContext);
  if (!connection) throw new Error("LiveProvider is missing");
  return connection;
}

export function useLiveThread(threadId: string): ThreadState {
  const { subscribe, thread } = useConnection();
  return useSyncExternalStore(
    subscribe,
    () => thread(threadId),
    () => emptyThread,
  );
}

/** Who else looks at a thread. */
export function usePeopleHere(threadId: string): PresentPerson[] {
  const { subscribe, people } = useConnection();
  const me = useWorkspace().data?.me.id;
  const here = useSyncExternalStore(
    subscribe,
    () => people(threadId),
    () => nobody,
  );
  return useMemo(() => here.filter(({ id }) => id !== me), [here, me]);
}

const nobody: readonly PresentPerson[] = [];

export function useLiveStatus(): LiveStatus {
  const { subscribe, status } = useConnection();
  return useSyncExternalStore(subscribe, status, () => "connecting");
}
