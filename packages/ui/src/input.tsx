import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

export const fieldClasses =
  "w-full rounded-md border border-control bg-surface px-2.5 text-fg text-sm outline-offset-0 placeholder:text-subtle disabled:cursor-not-allowed disabled:bg-sunken disabled:text-subtle aria-invalid:border-danger";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(fieldClasses, "h-8 pointer-coarse:h-10", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(fieldClasses, "min-h-16 py-1.5", className)} {...props} />;
}
