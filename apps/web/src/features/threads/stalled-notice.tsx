"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { Link } from "@heddle/ui/link";
import { useQuery } from "@tanstack/react-query";
import { useCan } from "../shell/use-workspace.ts";

type Checks = Record<"postgres" | "temporal" | "worker" | "model", "ok" | "down">;

const pollMs = 10_000;

/** Why a turn does not go on though nothing is wrong with it: the part of Heddle that runs it is down. */
export function StalledNotice({ thread }: { thread: ThreadView }) {
  const { data } = useQuery({ queryKey: ["health", thread.id], queryFn: readChecks, refetchInterval: pollMs });
  const canLook = useCan("status.read");
  if (!data || data.postgres === "down" || (data.worker === "ok" && data.temporal === "ok")) return null;
  return (
    <Banner
      tone="warn"
      className="rounded-none border-line border-b"
      action={
        canLook && (
          <Button size="sm" variant="ghost" asChild>
            <Link href="/settings/status">Status</Link>
          </Button>
        )
      }
    >
      {data.worker === "down" ? "No worker is running" : "The server that hands out work is down"}, so this thread
      stands still. It goes on by itself once that is mended.
    </Banner>
  );
}

/** The answer says what is down, with a status that says that something is. */
async function readChecks(): Promise<Checks> {
  const response = await fetch("/api/health");
  return ((await response.json()) as { checks: Checks }).checks;
}
