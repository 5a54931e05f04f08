import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** A table that scrolls sideways when the screen is narrow. Name it with `aria-label`. */
export function Table({ className, ...props }: ComponentProps<"table">) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="overflow-x-auto rounded-lg border border-line bg-surface" tabIndex={0} aria-label={props["aria-label"]}>
      <table className={cn("w-full border-collapse text-left text-sm", className)} {...props} />
    </section>
  );
}

export function Th({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn("h-8 whitespace-nowrap border-line border-b bg-canvas px-3 font-medium text-muted text-xs", className)}
      {...props}
    />
  );
}

export function Td({ className, ...props }: ComponentProps<"td">) {
  return <td className={cn("h-9 px-3 [tr+tr>&]:border-line [tr+tr>&]:border-t", className)} {...props} />;
}
