"use client";
import { ChevronRight, type LucideIcon } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { cn } from "./cn.ts";

export type DisclosureProps = {
  icon: LucideIcon;
  /** Says what the icon means. */
  label: string;
  summary: ReactNode;
  trailing?: ReactNode;
  tone?: "plain" | "danger" | "active";
  /** Open until the reader decides otherwise. */
  defaultOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Without it the row does not open. */
  children?: () => ReactNode;
};

const TONES = { plain: "text-subtle", danger: "text-danger", active: "animate-breathe text-accent-text" };

/** A row of one line that opens in place. */
export function Disclosure(props: DisclosureProps) {
  const { icon: Icon, label, summary, trailing, tone = "plain", defaultOpen = false, onOpenChange, children } = props;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const id = useId();
  const open = chosen ?? defaultOpen;
  const row = (
    <>
      <Icon className={cn("size-3.5 shrink-0", TONES[tone])} role="img" aria-label={label} />
      <span className="min-w-0 flex-1 truncate">{summary}</span>
      {trailing && <span className="flex shrink-0 items-center gap-2 text-subtle text-xs">{trailing}</span>}
    </>
  );
  if (!children) return <div className="flex min-h-7 items-center gap-2 pr-6 pl-1.5 text-muted text-sm">{row}</div>;
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => {
          setChosen(!open);
          onOpenChange?.(!open);
        }}
        className="flex min-h-7 w-full min-w-0 items-center gap-2 rounded-md px-1.5 text-left text-muted text-sm hover:bg-hover hover:text-fg pointer-coarse:min-h-10"
      >
        {row}
        <ChevronRight
          className={cn("size-3.5 shrink-0 text-subtle transition-transform duration-100", open && "rotate-90")}
          aria-hidden
        />
      </button>
      {open && (
        <div id={id} className="mt-1 mb-2 ml-1.5">
          {children()}
        </div>
      )}
    </div>
  );
}
