"use client";
import { FilePen, FileSearch, FolderTree, type LucideIcon, TextSearch, Wrench } from "lucide-react";
import { Badge } from "./badge.tsx";
import { Disclosure } from "./disclosure.tsx";
import { ScrollBox } from "./scroll-box.tsx";
import type { ToolCallItem } from "./types.ts";

const KNOWN: Record<string, { icon: LucideIcon; verb: string; key: string }> = {
  read_file: { icon: FileSearch, verb: "Read", key: "path" },
  list_files: { icon: FolderTree, verb: "Listed", key: "path" },
  write_file: { icon: FilePen, verb: "Write", key: "path" },
  edit_file: { icon: FilePen, verb: "Edit", key: "path" },
  search_files: { icon: TextSearch, verb: "Searched", key: "pattern" },
};

export function ToolCallItemView({ item }: { item: ToolCallItem }) {
  const known = KNOWN[item.name];
  const { status } = item;
  return (
    <Disclosure
      icon={known?.icon ?? Wrench}
      label="Tool"
      tone={status === "running" ? "active" : status === "failed" ? "danger" : "plain"}
      summary={
        <>
          {known?.verb ?? item.name} <code className="font-mono text-xs">{briefOf(item.input, known?.key)}</code>
        </>
      }
      trailing={
        status === "failed" ? (
          <Badge tone="danger">Failed</Badge>
        ) : status === "interrupted" || status === "declined" ? (
          <Badge tone="warn">{status === "declined" ? "Declined" : "Interrupted"}</Badge>
        ) : null
      }
    >
      {() => (
        <div className="flex flex-col gap-2">
          <Value title="Input" value={item.input} />
          {item.result !== undefined && <Value title="Result" value={item.result} />}
        </div>
      )}
    </Disclosure>
  );
}

function briefOf(input: unknown, key: string | undefined): string {
  if (typeof input !== "object" || input === null) return typeof input === "string" ? input : "";
  const values = Object.entries(input).filter(([name]) => key === undefined || name === key);
  const text = values.map(([, value]) => (typeof value === "string" ? value : JSON.stringify(value))).join(" ");
  return text.slice(0, 200);
}

function Value({ title, value }: { title: string; value: unknown }) {
  return (
    <div className="overflow-hidden rounded-md border border-line bg-sunken">
      <p className="border-line border-b px-3 py-1 text-subtle text-xs">{title}</p>
      <ScrollBox label={title} className="max-h-72 overflow-auto px-3 py-2 outline-offset-[-2px]">
        <pre className="whitespace-pre-wrap font-mono text-muted text-xs [overflow-wrap:anywhere]">
          {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
        </pre>
      </ScrollBox>
    </div>
  );
}
