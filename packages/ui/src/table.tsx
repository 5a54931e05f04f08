import type { ComponentProps } from "react";
import { cn } from "./cn.ts";
import { ScrollBox } from "./scroll-box.tsx";

/** A table that scrolls sideways when the screen is narrow. */
export function Table({ label, className, ...props }: ComponentProps<"table"> & { label: string }) {
  return (
    <ScrollBox label={label} className="relative overflow-x-auto rounded-lg border border-line bg-surface">
      <table aria-label={label} className={cn("w-full border-collapse text-left text-sm", className)} {...props} />
    </ScrollBox>
  );
}

export function Th({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn(
        "h-8 whitespace-nowrap border-line border-b bg-canvas px-3 font-medium text-muted text-xs",
        className,
      )}
      {...props}
    />
  );
}

export function Td({ className, ...props }: ComponentProps<"td">) {
  return <td className={cn("h-9 px-3 [tr+tr>&]:border-line [tr+tr>&]:border-t", className)} {...props} />;
}
