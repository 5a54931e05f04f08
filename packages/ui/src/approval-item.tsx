"use client";
import { ShieldCheck, ShieldOff } from "lucide-react";
import { CodeBlock } from "./code-block.tsx";
import { Disclosure } from "./disclosure.tsx";
import { RelativeTime } from "./relative-time.tsx";
import type { ApprovalItem } from "./types.ts";

/** What was decided about a setup script, with the script as it was asked for. */
export function ApprovalDecidedView({ item }: { item: ApprovalItem }) {
  const { status, script, hosts = [], decidedBy, completedAt } = item;
  const agreed = status === "completed";
  return (
    <Disclosure
      icon={agreed ? ShieldCheck : ShieldOff}
      label="Setup"
      summary={sentence(item)}
      trailing={decidedBy && <RelativeTime at={completedAt ?? item.createdAt} />}
    >
      {script === undefined
        ? undefined
        : () => (
            <div className="flex flex-col gap-2">
              <CodeBlock code={script} language="sh" />
              <p className="text-muted text-xs">
                {hosts.length === 0 ? "Without network." : `It may reach ${hosts.join(", ")}.`}
              </p>
            </div>
          )}
    </Disclosure>
  );
}

function sentence({ status, decidedBy }: ApprovalItem): string {
  if (status !== "completed" && status !== "declined") return "Nobody decided about the setup script";
  const done = status === "completed" ? "agreed to" : "skipped";
  return decidedBy ? `${decidedBy.name} ${done} the setup script` : `The setup script was ${done}`;
}
