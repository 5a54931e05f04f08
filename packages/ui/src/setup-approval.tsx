"use client";
import { Globe, ShieldQuestion } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "./badge.tsx";
import { Button } from "./button.tsx";
import { CodeBlock } from "./code-block.tsx";

export type SetupApprovalProps = {
  /** Why it is asked. */
  reason: string;
  script: string;
  hosts: readonly string[];
  /** Absent for those who may not agree to it. */
  onRun?: () => void;
  /** Absent for those who may not prompt the thread. */
  onSkip?: () => void;
  /** Which of the two is on its way. */
  pending: "run" | "skip" | null;
  error?: string | null;
  /** The link to the project's settings. */
  settings?: ReactNode;
};

/** Asks for a person's agreement to a project's setup script, with all that it may do. */
export function SetupApproval(props: SetupApprovalProps) {
  const { reason, script, hosts, onRun, onSkip, pending, error, settings } = props;
  return (
    <section
      aria-label="Setup script waits for agreement"
      className="my-3 overflow-hidden rounded-lg border border-warn-solid bg-surface"
    >
      <header className="flex flex-wrap items-center gap-2 bg-warn-soft px-3.5 py-2">
        <ShieldQuestion className="size-4 shrink-0 text-warn" aria-hidden />
        <h3 className="min-w-0 flex-1 font-medium text-sm">Run the project's setup script?</h3>
        <Badge tone="strong">Waits for you</Badge>
      </header>
      <div className="flex flex-col gap-3 px-3.5 py-3">
        <p className="text-muted text-sm">{reason}</p>
        <CodeBlock code={script} language="sh" />
        <div className="text-sm">
          <p className="text-muted">
            {hosts.length === 0 ? "It runs in the sandbox, without network." : "It runs in the sandbox and may reach:"}
          </p>
          {hosts.length > 0 && (
            <ul className="mt-1 flex flex-wrap gap-1.5">
              {hosts.map((host) => (
                <li
                  key={host}
                  className="flex items-center gap-1 rounded-sm bg-sunken px-1.5 font-mono text-xs leading-5 [overflow-wrap:anywhere]"
                >
                  <Globe className="size-3 shrink-0 text-subtle" aria-hidden />
                  {host}
                </li>
              ))}
            </ul>
          )}
        </div>
        {error && (
          <p role="alert" className="text-danger text-sm">
            {error}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-2">
          {onRun && (
            <Button size="sm" variant="primary" onClick={onRun} pending={pending === "run"} disabled={pending !== null}>
              Run for this project
            </Button>
          )}
          {onSkip && (
            <Button size="sm" onClick={onSkip} pending={pending === "skip"} disabled={pending !== null}>
              Skip for this thread
            </Button>
          )}
          {settings}
          {!onRun && (
            <p className="basis-full text-muted text-xs">
              An owner, an admin or a maintainer of the project agrees to the script, once for all its threads.
            </p>
          )}
        </div>
      </div>
    </section>
  );
}
