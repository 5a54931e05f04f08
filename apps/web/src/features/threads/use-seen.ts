import type { ThreadView } from "@heddle/db/threads.schema";
import { useStored } from "@heddle/ui/use-stored";
import { useEffect, useMemo } from "react";

/** The last change that this browser showed, by thread; threads never opened here do not count as unread. */
type Seen = Record<string, number>;

const key = "heddle-seen";
const kept = 300;

export function useSeen(): [Seen, (seen: Seen) => void] {
  const [text, setText] = useStored(key, "{}");
  const seen = useMemo(() => JSON.parse(text) as Seen, [text]);
  return [seen, (next) => setText(JSON.stringify(next))];
}

/** Notes that the reader has the thread before them, as long as the tab is visible. */
export function useMarkSeen(thread: ThreadView | undefined): void {
  const [seen, setSeen] = useSeen();
  const unseen = thread !== undefined && seen[thread.id] !== thread.seq;
  useEffect(() => {
    if (!unseen) return;
    const mark = () => {
      if (document.visibilityState !== "visible") return;
      const { [thread.id]: _, ...others } = seen;
      setSeen(Object.fromEntries([...Object.entries(others), [thread.id, thread.seq]].slice(-kept)));
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  });
}
