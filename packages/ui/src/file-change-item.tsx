"use client";
import { FilePen, FilePlus, FileX } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "./badge.tsx";
import { DiffCounts } from "./diff-counts.tsx";
import { Disclosure } from "./disclosure.tsx";
import { FilePath } from "./file-path.tsx";
import type { FileChange, FileChangeItem } from "./types.ts";

const KINDS = {
  add: { icon: FilePlus, label: "Added file" },
  update: { icon: FilePen, label: "Edited file" },
  delete: { icon: FileX, label: "Deleted file" },
};

export type FileChangeItemViewProps = {
  item: FileChangeItem;
  /** The diff of one change; called when its row is open. Without it rows do not open. */
  renderDiff?: (change: FileChange, item: FileChangeItem) => ReactNode;
};

/** One row for each changed file. */
export function FileChangeItemView({ item, renderDiff }: FileChangeItemViewProps) {
  return item.changes.map((change) => {
    const { icon, label } = KINDS[change.kind];
    const failed = item.status === "failed" || item.status === "declined";
    return (
      <Disclosure
        key={change.path}
        icon={icon}
        label={label}
        tone={item.status === "running" ? "active" : failed ? "danger" : "plain"}
        summary={<FilePath path={change.path} />}
        trailing={
          failed ? (
            <Badge tone="danger">Not changed</Badge>
          ) : item.status === "interrupted" ? (
            <Badge tone="warn">Interrupted</Badge>
          ) : (
            <DiffCounts additions={change.additions} deletions={change.deletions} />
          )
        }
      >
        {renderDiff && !failed ? () => renderDiff(change, item) : undefined}
      </Disclosure>
    );
  });
}
