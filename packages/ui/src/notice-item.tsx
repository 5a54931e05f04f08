"use client";
import {
  Archive,
  ArchiveRestore,
  CircleStop,
  FileClock,
  FileInput,
  Hourglass,
  Info,
  type LucideIcon,
  Server,
  SkipForward,
  UserRoundCheck,
  Wrench,
} from "lucide-react";
import { cn } from "./cn.ts";
import { RelativeTime } from "./relative-time.tsx";
import type { NoticeItem } from "./types.ts";

const KINDS: Record<string, { icon: LucideIcon; label: string }> = {
  handedOver: { icon: UserRoundCheck, label: "Handed over" },
  hostMoved: { icon: Server, label: "Host" },
  archived: { icon: Archive, label: "Archived" },
  restored: { icon: ArchiveRestore, label: "Restored" },
  filesRestored: { icon: FileClock, label: "Files put back" },
  filesIncluded: { icon: FileInput, label: "Files copied" },
  modelWait: { icon: Hourglass, label: "Waited for the model" },
  interrupted: { icon: CircleStop, label: "Stopped" },
};

/** One calm line: what Heddle itself did to the thread. */
export function NoticeItemView({ item }: { item: NoticeItem }) {
  const { icon: Icon, label } = kindOf(item.kind);
  return (
    <div className="flex min-h-7 items-start gap-2 py-1 pr-1.5 pl-1.5 text-muted text-sm">
      <Icon
        className={cn("mt-[3px] size-3.5 shrink-0 text-subtle", item.status === "running" && "animate-breathe")}
        role="img"
        aria-label={label}
      />
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">{item.message}</p>
      <RelativeTime at={item.createdAt} className="shrink-0 text-subtle text-xs leading-5" />
    </div>
  );
}

function kindOf(kind: string): { icon: LucideIcon; label: string } {
  if (kind === "setupSkipped") return { icon: SkipForward, label: "Setup" };
  if (kind.startsWith("setup")) return { icon: Wrench, label: "Setup" };
  return KINDS[kind] ?? { icon: Info, label: "Notice" };
}
