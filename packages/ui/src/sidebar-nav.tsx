import type { LucideIcon } from "lucide-react";
import { cn } from "./cn.ts";
import { Link } from "./link.tsx";

export type NavEntry = {
  href: string;
  label: string;
  icon: LucideIcon;
  active?: boolean;
  count?: number;
};

type SidebarNavProps = {
  entries: NavEntry[];
  label: string;
  /** On a phone the entries stand beside each other: what they lead to is below them. */
  wraps?: boolean;
};

/** The entries of the sidebar or of settings. */
export function SidebarNav({ entries, label, wraps = false }: SidebarNavProps) {
  return (
    <nav
      aria-label={label}
      className={cn("flex flex-col gap-px px-2", wraps && "max-frame:flex-row max-frame:flex-wrap")}
    >
      {entries.map(({ href, label: text, icon: Icon, active, count }) => (
        <Link
          key={href}
          href={href}
          aria-current={active ? "page" : undefined}
          className={cn(
            "flex h-7 items-center gap-2 rounded-md px-2 text-sm pointer-coarse:h-11",
            active ? "bg-selected font-medium text-fg" : "text-muted hover:bg-hover hover:text-fg",
          )}
        >
          <Icon className="size-4 shrink-0" aria-hidden />
          <span className="min-w-0 flex-1 truncate">{text}</span>
          {count ? <span className="text-subtle text-xs">{count}</span> : null}
        </Link>
      ))}
    </nav>
  );
}
