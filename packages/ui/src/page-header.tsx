import type { ReactNode } from "react";

export type PageHeaderProps = {
  title: ReactNode;
  /** Beside the title: status, counts, branch. */
  meta?: ReactNode;
  /** Before the title, e.g. the button that opens the sidebar. */
  leading?: ReactNode;
  actions?: ReactNode;
  /** "h2" inside an AppFrame, which has the page's h1. */
  as?: "h1" | "h2";
};

/** The 44 px bar on top of a column. */
export function PageHeader({ title, meta, leading, actions, as: Heading = "h1" }: PageHeaderProps) {
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 border-line border-b px-3">
      {leading}
      <Heading className="min-w-0 truncate font-medium text-sm">{title}</Heading>
      {meta && <div className="flex shrink-0 items-center gap-2 text-muted text-xs">{meta}</div>}
      <div className="ml-auto flex shrink-0 items-center gap-1">{actions}</div>
    </header>
  );
}
