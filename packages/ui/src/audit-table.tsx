"use client";
import { Badge } from "./badge.tsx";
import { Button } from "./button.tsx";
import { RelativeTime } from "./relative-time.tsx";
import { Table, Td, Th } from "./table.tsx";
import type { AuditRow } from "./types.ts";

export type AuditTableProps = {
  rows: readonly AuditRow[];
  /** Absent when there are no more. */
  onLoadMore?: () => void;
  loadingMore?: boolean;
};

/** Who did what to which resource, when, from where, with what outcome. */
export function AuditTable({ rows, onLoadMore, loadingMore }: AuditTableProps) {
  return (
    <div className="flex flex-col items-center gap-3">
      <div className="w-full">
        <Table label="Audit events">
          <thead>
            <tr>
              <Th className="text-right">#</Th>
              <Th>When</Th>
              <Th>Who</Th>
              <Th>Action</Th>
              <Th>Resource</Th>
              <Th>Outcome</Th>
              <Th>From</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.seq} className="hover:bg-hover">
                <Td className="text-right text-subtle">{row.seq}</Td>
                <Td className="whitespace-nowrap text-muted">
                  <RelativeTime at={row.at} />
                </Td>
                <Td className="whitespace-nowrap">
                  {row.actor} <span className="text-subtle text-xs">{row.via}</span>
                </Td>
                <Td className="whitespace-nowrap font-mono text-xs">{row.action}</Td>
                <Td className="max-w-44 truncate font-mono text-muted text-xs" title={row.resource}>
                  {row.resource}
                </Td>
                <Td>
                  <Badge tone={row.outcome === "ok" ? "neutral" : "danger"}>{row.outcome}</Badge>
                </Td>
                <Td className="whitespace-nowrap text-muted text-xs">{row.ip ?? "—"}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
      {onLoadMore && (
        <Button onClick={onLoadMore} pending={loadingMore}>
          Show more
        </Button>
      )}
    </div>
  );
}
