"use client";
import { Popover as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { menuClasses } from "./menu-classes.ts";

export type PopoverProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  trigger: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
  className?: string;
  "aria-label"?: string;
  children: ReactNode;
};

export function Popover({
  open,
  onOpenChange,
  trigger,
  align = "start",
  side,
  className,
  children,
  ...aria
}: PopoverProps) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          {...aria}
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className={cn(menuClasses, "max-h-(--radix-popover-content-available-height)", className)}
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
