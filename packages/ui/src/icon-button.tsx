"use client";
import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";
import { Tooltip, type TooltipProps } from "./tooltip.tsx";

export type IconButtonProps = Omit<ComponentProps<"button">, "children"> & {
  icon: LucideIcon;
  /** Its name for readers and its tooltip. */
  label: string;
  keys?: string[];
  side?: TooltipProps["side"];
  size?: "sm" | "md";
};

export function IconButton({ icon: Icon, label, keys, side, size = "md", className, ...props }: IconButtonProps) {
  return (
    <Tooltip content={label} keys={keys} side={side}>
      <button
        type="button"
        aria-label={label}
        className={cn(
          "inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100 hover:bg-hover hover:text-fg disabled:cursor-not-allowed disabled:text-subtle disabled:opacity-60",
          size === "sm" ? "size-6 pointer-coarse:size-9" : "size-7 pointer-coarse:size-10",
          className,
        )}
        {...props}
      >
        <Icon className={size === "sm" ? "size-3.5" : "size-4"} aria-hidden />
      </button>
    </Tooltip>
  );
}
