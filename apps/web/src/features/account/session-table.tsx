"use client";
import { Badge } from "@heddle/ui/badge";
import { Button } from "@heddle/ui/button";
import { RelativeTime } from "@heddle/ui/relative-time";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { Table, Td, Th } from "@heddle/ui/table";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../shell/failure.ts";
import { FailureState } from "../shell/failure-state.tsx";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";
import { browserName } from "./browser-name.ts";

/** Where one is signed in, with the way to end one of these or all others. */
export function SessionTable() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const sessions = useQuery(trpc.account.sessions.queryOptions());
  const signOut = useMutation(
    trpc.account.signOut.mutationOptions({
      onError: (error) => void notify("Nothing was signed out", { description: messageOf(error) ?? undefined }),
      onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.account.sessions.queryKey() }),
    }),
  );
  const others = sessions.data?.filter(({ current }) => !current) ?? [];
  return (
    <section aria-labelledby="sessions-title" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 id="sessions-title" className="font-medium">
          Where you are signed in
        </h3>
        {others.length > 0 && (
          <Button size="sm" pending={signOut.isPending} onClick={() => signOut.mutate({ keepCurrent: true })}>
            Sign out everywhere else
          </Button>
        )}
      </div>
      {sessions.isError ? (
        <FailureState title="Your sessions could not be loaded" error={sessions.error} onRetry={sessions.refetch} />
      ) : !sessions.data ? (
        <SkeletonRows rows={3} label="Loading your sessions" />
      ) : (
        <Table label="Sessions">
          <thead>
            <tr>
              <Th>Browser</Th>
              <Th>Address</Th>
              <Th>Signed in</Th>
              <Th>Last seen</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {sessions.data.map((session) => (
              <tr key={session.id}>
                <Td className="whitespace-nowrap font-medium" title={session.userAgent ?? undefined}>
                  {browserName(session.userAgent)} {session.current && <Badge tone="accent">this one</Badge>}
                </Td>
                <Td className="font-mono text-muted text-xs">{session.ip}</Td>
                <Td className="whitespace-nowrap text-muted">
                  <RelativeTime at={session.createdAt} />
                </Td>
                <Td className="whitespace-nowrap text-muted">
                  <RelativeTime at={session.lastSeenAt} />
                </Td>
                <Td className="w-10 px-1.5">
                  {!session.current && (
                    <Button
                      size="sm"
                      variant="ghost"
                      aria-label={`Sign out ${browserName(session.userAgent)}`}
                      disabled={signOut.isPending}
                      onClick={() => signOut.mutate({ sessionId: session.id })}
                    >
                      Sign out
                    </Button>
                  )}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}
