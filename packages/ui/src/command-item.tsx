"use client";
import { SquareTerminal } from "lucide-react";
import { Badge } from "./badge.tsx";
import { CommandOutput } from "./command-output.tsx";
import { Disclosure } from "./disclosure.tsx";
import { Elapsed } from "./elapsed.tsx";
import { formatDuration } from "./format.ts";
import type { CommandItem } from "./types.ts";

export type CommandItemViewProps = {
  item: CommandItem;
  /** Where the whole output can be read. */
  outputHref?: string;
};

/** A command as one row: open while it runs, then as the reader leaves it. */
export function CommandItemView({ item, outputHref }: CommandItemViewProps) {
  const { command, status, exitCode, durationMs } = item;
  const running = status === "running";
  const failed = status === "failed" || (typeof exitCode === "number" && exitCode !== 0);
  return (
    <Disclosure
      icon={SquareTerminal}
      label={running ? "Running command" : "Command"}
      tone={running ? "active" : failed ? "danger" : "plain"}
      defaultOpen={running}
      summary={<code className="font-mono text-xs">{command.split("\n")[0]}</code>}
      trailing={
        <>
          {running ? <Elapsed since={item.createdAt} className="text-accent-text" /> : <Outcome item={item} />}
          {!running && typeof durationMs === "number" && <span>{formatDuration(durationMs)}</span>}
        </>
      }
    >
      {() => <CommandOutput item={item} outputHref={outputHref} />}
    </Disclosure>
  );
}

function Outcome({ item: { status, exitCode } }: { item: CommandItem }) {
  if (status === "interrupted") return <Badge tone="warn">Interrupted</Badge>;
  if (status === "declined") return <Badge tone="warn">Declined</Badge>;
  if (typeof exitCode === "number" && exitCode !== 0) return <Badge tone="danger">exit {exitCode}</Badge>;
  return status === "failed" ? <Badge tone="danger">Failed</Badge> : <span className="sr-only">succeeded</span>;
}
