"use client";
import { Badge, type Tone } from "./badge.tsx";
import { Button } from "./button.tsx";
import { plural } from "./format.ts";
import { RelativeTime } from "./relative-time.tsx";
import { Table, Td, Th } from "./table.tsx";
import type { Instant } from "./types.ts";

export type HostView = {
  id: string;
  status: "live" | "draining" | "dead";
  startedAt: Instant | null;
  version: string | null;
  leaseExpiresAt: Instant;
  drainingAt: Instant | null;
  threads: number;
  busy: number;
};

export type HostTableProps = {
  hosts: readonly HostView[];
  /** Absent for those who may not. */
  onDrain?: (host: HostView) => void;
  onResume?: (host: HostView) => void;
  /** The host whose change is on its way. */
  changing?: string | null;
};

const STATUS: Record<HostView["status"], { tone: Tone; label: string }> = {
  live: { tone: "success", label: "Live" },
  draining: { tone: "warn", label: "Draining" },
  dead: { tone: "danger", label: "Dead" },
};

/** The machines that keep worktrees, with the button that empties one for an update. */
export function HostTable({ hosts, onDrain, onResume, changing }: HostTableProps) {
  return (
    <Table label="Hosts">
      <thead>
        <tr>
          <Th>Host</Th>
          <Th>Status</Th>
          <Th>Lease</Th>
          <Th className="text-right">Threads</Th>
          <Th className="text-right">At work</Th>
          <Th>Worker since</Th>
          <Th>Version</Th>
          {(onDrain || onResume) && (
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {hosts.map((host) => (
          <tr key={host.id}>
            <Td className="max-w-44 truncate font-mono text-xs" title={host.id}>
              {host.id}
            </Td>
            <Td className="whitespace-nowrap">
              <Badge tone={STATUS[host.status].tone}>{STATUS[host.status].label}</Badge>
              {host.status === "draining" && host.drainingAt && (
                <RelativeTime at={host.drainingAt} className="ml-2 text-subtle text-xs" />
              )}
            </Td>
            <Td className="whitespace-nowrap text-muted">
              {host.status === "dead" ? (
                <>
                  ran out <RelativeTime at={host.leaseExpiresAt} />
                </>
              ) : (
                "renewed"
              )}
            </Td>
            <Td className="text-right">{host.threads}</Td>
            <Td className="text-right">{host.busy}</Td>
            <Td className="whitespace-nowrap text-muted">
              {host.startedAt ? <RelativeTime at={host.startedAt} /> : "—"}
            </Td>
            <Td className="whitespace-nowrap font-mono text-muted text-xs">{host.version ?? "—"}</Td>
            {(onDrain || onResume) && (
              <Td className="whitespace-nowrap text-right">
                {host.status === "live" && onDrain && (
                  <Button
                    size="sm"
                    onClick={() => onDrain(host)}
                    pending={changing === host.id}
                    aria-label={`Drain ${host.id}, ${plural(host.threads, "thread")}`}
                  >
                    Drain
                  </Button>
                )}
                {host.status === "draining" && onResume && (
                  <Button
                    size="sm"
                    onClick={() => onResume(host)}
                    pending={changing === host.id}
                    aria-label={`Use ${host.id} again`}
                  >
                    Use again
                  </Button>
                )}
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
