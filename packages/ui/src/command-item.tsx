"use client";
import { MonitorPlay, SquareTerminal, Wrench } from "lucide-react";
import type { ReactNode } from "react";
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
  /** Buttons below the row, e.g. to run a failed setup again. */
  actions?: ReactNode;
};

const PURPOSES = {
  setup: { icon: Wrench, label: "Setup script", running: "Setting up the worktree" },
  dev: { icon: MonitorPlay, label: "Dev server", running: "Dev server" },
  agent: { icon: SquareTerminal, label: "Command", running: "Running command" },
};

/** A command as one row: open while it runs, then as the reader leaves it. */
export function CommandItemView({ item, outputHref, actions }: CommandItemViewProps) {
  const { command, status, exitCode } = item;
  const purpose = PURPOSES[item.purpose ?? "agent"];
  const running = status === "running";
  const failed = status === "failed" || (typeof exitCode === "number" && exitCode !== 0);
  return (
    <>
      <Disclosure
        icon={purpose.icon}
        label={running ? purpose.running : purpose.label}
        tone={running ? "active" : failed ? "danger" : "plain"}
        defaultOpen={(running && item.purpose !== "dev") || Boolean(actions)}
        summary={
          <>
            {item.purpose && <span className="mr-2">{purpose.label}</span>}
            <code className="font-mono text-xs">{firstLine(command)}</code>
          </>
        }
        trailing={
          <>
            {running ? <Elapsed since={item.createdAt} className="text-accent-text" /> : <Outcome item={item} />}
            {!running && hasDuration(item) && <span>{formatDuration(item.durationMs)}</span>}
          </>
        }
      >
        {() => <CommandOutput item={item} outputHref={outputHref} />}
      </Disclosure>
      {item.note && !isNotRun(item) && (
        <p className="mb-1 pr-6 pl-7 text-warn text-xs [overflow-wrap:anywhere]">{item.note}</p>
      )}
      {actions && <div className="mt-1 mb-2 flex flex-wrap items-center gap-2 pl-7">{actions}</div>}
    </>
  );
}

/** Of a script: what it does first, not how it is run. */
function firstLine(command: string): string {
  const lines = command.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => !/^(#|set -)/.test(line)) ?? lines[0] ?? "";
}

/** The turn ended before the command began. */
function isNotRun({ status, note }: CommandItem): boolean {
  return status === "interrupted" && (note?.startsWith("Not run") ?? false);
}

/** Of a command that was cut with its host nobody knows how long it ran. */
function hasDuration(item: CommandItem): item is CommandItem & { durationMs: number } {
  const { status, durationMs } = item;
  return typeof durationMs === "number" && !(status === "interrupted" && durationMs === 0);
}

function Outcome({ item }: { item: CommandItem }) {
  const { status, exitCode } = item;
  if (isNotRun(item)) return <Badge>Not run</Badge>;
  if (status === "interrupted") return <Badge tone="warn">Interrupted</Badge>;
  if (status === "declined") return <Badge tone="warn">Declined</Badge>;
  if (typeof exitCode === "number" && exitCode !== 0) return <Badge tone="danger">exit {exitCode}</Badge>;
  return status === "failed" ? <Badge tone="danger">Failed</Badge> : <span className="sr-only">succeeded</span>;
}
