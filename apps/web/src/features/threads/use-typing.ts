import { useEffect, useMemo } from "react";
import { usePeopleHere } from "../live/live-provider.tsx";
import { useTRPCClient } from "../shell/trpc.ts";

/** Well within the time that the server remembers it for. */
const everyMs = 3_000;

/**
 * Tells the others who are here that something is being written, and when it no longer is.
 * @returns to be called after each change of the text
 */
export function useTyping(threadId: string): (text: string) => void {
  const client = useTRPCClient();
  const alone = usePeopleHere(threadId).length === 0;
  const typist = useMemo(() => {
    let saidAt: number | null = null;
    const say = (typing: boolean) => void client.threads.typing.mutate({ threadId, typing }).catch(() => undefined);
    return {
      write() {
        if (saidAt !== null && Date.now() - saidAt < everyMs) return;
        saidAt = Date.now();
        say(true);
      },
      stop() {
        if (saidAt === null) return;
        saidAt = null;
        say(false);
      },
    };
  }, [client, threadId]);
  useEffect(() => typist.stop, [typist]);
  return (text) => (text.trim() === "" || alone ? typist.stop() : typist.write());
}
