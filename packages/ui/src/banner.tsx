import { CircleCheck, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

const TONES: Record<string, { classes: string; icon: LucideIcon; iconClass: string }> = {
  info: { classes: "bg-accent-soft", icon: Info, iconClass: "text-accent-text" },
  success: { classes: "bg-success-soft", icon: CircleCheck, iconClass: "text-success" },
  warn: { classes: "bg-warn-soft", icon: TriangleAlert, iconClass: "text-warn" },
  danger: { classes: "bg-danger-soft", icon: TriangleAlert, iconClass: "text-danger" },
};

export type BannerProps = {
  tone?: "info" | "success" | "warn" | "danger";
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
};

/** A remark about the whole screen or form; dangers are announced at once. */
export function Banner({ tone = "info", title, children, action, className }: BannerProps) {
  const { classes, icon: Icon, iconClass } = TONES[tone] as (typeof TONES)[string];
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      className={cn("flex items-start gap-2 rounded-md px-3 py-2 text-fg text-sm", classes, className)}
    >
      <Icon className={cn("mt-0.5 size-4 shrink-0", iconClass)} aria-hidden />
      <div className="min-w-0 flex-1">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className={title ? "text-muted" : ""}>{children}</div>}
      </div>
      {action}
    </div>
  );
}
