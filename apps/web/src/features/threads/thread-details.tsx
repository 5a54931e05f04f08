"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { CopyButton } from "@heddle/ui/copy-button";
import { FactList } from "@heddle/ui/fact-list";
import { RelativeTime } from "@heddle/ui/relative-time";
import { type ReactNode, useId } from "react";
import { DevServer } from "./dev-server.tsx";
import { SetupFact } from "./setup-fact.tsx";
import { ThreadNetwork } from "./thread-network.tsx";

/** What surrounds a thread: where its worktree is, how it is set up, its dev server, what it may reach. */
export function ThreadDetails({ thread }: { thread: ThreadView }) {
  const { hostId, branch, baseRef, baseCommit, headCommit, lastCheckpoint, usage } = thread;
  return (
    <div className="h-full overflow-y-auto overscroll-contain">
      <Part title="Worktree">
        <FactList
          facts={[
            { label: "Host", value: hostId ? <Name text={hostId} what="host's name" /> : <Muted>None yet</Muted> },
            { label: "Branch", value: <Name text={branch} what="branch's name" /> },
            {
              label: "Starts from",
              value: baseCommit ? (
                <Name
                  text={`${baseRef ?? "default branch"} at ${baseCommit.slice(0, 12)}`}
                  copies={baseCommit}
                  what="commit's id"
                />
              ) : (
                <Muted>{baseRef ?? "The default branch"}, not fetched yet</Muted>
              ),
            },
            {
              label: "Last commit",
              value: headCommit ? (
                <Name text={headCommit.slice(0, 12)} copies={headCommit} what="commit's id" />
              ) : (
                <Muted>None</Muted>
              ),
            },
            {
              label: "Last checkpoint",
              value: lastCheckpoint ? (
                <Name text={lastCheckpoint.slice(0, 12)} copies={lastCheckpoint} what="checkpoint's id" />
              ) : (
                <Muted>None yet</Muted>
              ),
            },
            { label: "Setup", value: <SetupFact thread={thread} /> },
            { label: "Started", value: <RelativeTime at={thread.createdAt} /> },
            {
              label: "Usage",
              value: `${usage.inputTokens.toLocaleString("en-US")} tokens in, ${usage.outputTokens.toLocaleString("en-US")} out, ${usage.costUsd.toFixed(2)} USD`,
            },
          ]}
        />
      </Part>
      <Part title="Dev server">
        <DevServer thread={thread} />
      </Part>
      <Part title="Network">
        <ThreadNetwork thread={thread} />
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2 border-line border-b px-4 py-4 last:border-0">
      <h3 id={id} className="font-medium text-sm">
        {title}
      </h3>
      {children}
    </section>
  );
}

const Muted = ({ children }: { children: ReactNode }) => <span className="text-muted">{children}</span>;

function Name({ text, copies = text, what }: { text: string; copies?: string; what: string }) {
  return (
    <span className="flex min-w-0 items-center gap-1">
      <span className="min-w-0 truncate font-mono text-xs leading-5" title={copies}>
        {text}
      </span>
      <CopyButton text={copies} label={`Copy the ${what}`} className="-my-1 size-6" />
    </span>
  );
}
