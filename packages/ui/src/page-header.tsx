import type { ReactNode } from "react";

export type PageHeaderProps = {
  title: ReactNode;
  /** Beside the title: status, counts, branch. */
  meta?: ReactNode;
  /** Before the title, e.g. the button that opens the sidebar. */
  leading?: ReactNode;
  actions?: ReactNode;
};

/** The 44 px bar on top of a column. */
export function PageHeader({ title, meta, leading, actions }: PageHeaderProps) {
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 border-line border-b px-3">
      {leading}
      <h1 className="min-w-0 truncate font-medium text-sm">{title}</h1>
      {meta && <div className="flex min-w-0 shrink items-center gap-2 text-muted text-xs">{meta}</div>}
      <div className="ml-auto flex shrink-0 items-center gap-1">{actions}</div>
    </header>
  );
}
