import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export type EmptyStateProps = {
  icon?: LucideIcon;
  title: string;
  /** The level of the title: `h1` where it is all that a page says. */
  as?: "h1" | "h2";
  /** What to do. */
  children?: ReactNode;
  /** The button that does it. */
  action?: ReactNode;
  className?: string;
};

export function EmptyState(props: EmptyStateProps) {
  const { icon: Icon, title, as: Title = "h2", children, action, className } = props;
  return (
    <div className={cn("flex h-full flex-col items-center justify-center gap-1 p-8 text-center", className)}>
      {Icon && <Icon className="mb-2 size-6 text-subtle" strokeWidth={1.5} aria-hidden />}
      <Title className="font-medium text-base">{title}</Title>
      {children && <div className="max-w-md text-muted text-sm">{children}</div>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
