import type { ThreadView } from "@heddle/db/threads.schema";
import type { QueryClient } from "@tanstack/react-query";
import type { useTRPC } from "../shell/trpc.ts";
import type { LiveHandlers } from "./live-connection.ts";

/** Many threads at work change the lists many times a second; they are read at most this often. */
const listsEveryMs = 300;
/** One's own role changes seldom. */
const rightsEveryMs = 2_000;
const inboxEveryMs = 100;
const turnsEveryMs = 100;
const networkEveryMs = 500;

/** Brings what the stream tells into the cache of queries. */
export function createLiveHandlers(queryClient: QueryClient, trpc: ReturnType<typeof useTRPC>): LiveHandlers {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const checkpoints = new Map<string, string | null>();

  /** Runs `read` once, `ms` from the first of any number of calls. */
  function soon(name: string, ms: number, read: () => void): void {
    if (timers.has(name)) return;
    const run = () => {
      timers.delete(name);
      read();
    };
    timers.set(name, setTimeout(run, ms));
  }

  function readTurns(threadId: string): void {
    soon(`turns:${threadId}`, turnsEveryMs, () => {
      void queryClient.invalidateQueries({ queryKey: trpc.threads.turns.queryKey({ threadId }) });
    });
  }

  return {
    onWorkspace() {
      soon("lists", listsEveryMs, () => {
        void queryClient.invalidateQueries({ queryKey: trpc.threads.listAll.queryKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.projects.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.projectMembers.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.members.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.invitations.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.sharing.pathKey() });
      });
      soon("rights", rightsEveryMs, () => {
        // What is snoozed comes back by the clock alone.
        void queryClient.invalidateQueries({ queryKey: trpc.inbox.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.workspaces.list.queryKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.workspaces.current.queryKey() });
      });
    },
    onInbox() {
      soon("inbox", inboxEveryMs, () => {
        void queryClient.invalidateQueries({ queryKey: trpc.inbox.pathKey() });
      });
    },
    onBack() {
      void queryClient.invalidateQueries();
    },
    onPrompt: readTurns,
    onNetwork(threadId) {
      soon(`network:${threadId}`, networkEveryMs, () => {
        void queryClient.invalidateQueries({ queryKey: trpc.threads.network.pathKey() });
      });
    },
    onThread(sent) {
      const { id: threadId, lastCheckpoint } = sent;
      const key = trpc.threads.get.queryKey({ threadId });
      const before = queryClient.getQueryData<ThreadView>(key);
      // What was read here a moment ago may not be on the server yet.
      const thread = { ...sent, readSeq: laterOf(before?.readSeq, sent.readSeq) };
      if (!before || before.seq <= thread.seq) {
        queryClient.setQueryData(key, thread);
        queryClient.setQueryData(trpc.threads.listAll.queryKey(), (all: ThreadView[] | undefined) =>
          all?.map((other) => (other.id === threadId ? thread : other)),
        );
      }
      readTurns(threadId);
      const shown = checkpoints.has(threadId) ? checkpoints.get(threadId) : before?.lastCheckpoint;
      checkpoints.set(threadId, lastCheckpoint);
      if (shown !== lastCheckpoint) {
        void queryClient.invalidateQueries({ queryKey: trpc.threads.diff.queryKey({ threadId }) });
      }
    },
    onRefused() {
      void queryClient.invalidateQueries({ queryKey: trpc.workspaces.current.queryKey() });
      void queryClient.invalidateQueries({ queryKey: trpc.threads.get.pathKey() });
    },
  };
}

function laterOf(one: number | null | undefined, other: number | null): number | null {
  return one == null || other === null ? (one ?? other) : Math.max(one, other);
}
