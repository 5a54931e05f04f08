"use client";
import { Check, type LucideIcon } from "lucide-react";
import { DropdownMenu as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { Kbd } from "./kbd.tsx";
import { menuClasses, menuItemClasses } from "./menu-classes.ts";

export type DropdownMenuProps = {
  /** The button; takes a ref. */
  trigger: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
  /** Where something else than the button opens it, too. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
};

export function DropdownMenu(props: DropdownMenuProps) {
  const { trigger, align = "end", side = "bottom", open, onOpenChange, children } = props;
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className={cn(menuClasses, "max-h-(--radix-dropdown-menu-content-available-height)")}
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

export type MenuItemProps = {
  icon?: LucideIcon;
  keys?: string[];
  danger?: boolean;
  disabled?: boolean;
  /** A tick for the one chosen of several. */
  checked?: boolean;
  onSelect: () => void;
  children: ReactNode;
};

export function MenuItem({ icon: Icon, keys, danger, disabled, checked, onSelect, children }: MenuItemProps) {
  return (
    <Primitive.Item
      disabled={disabled}
      onSelect={onSelect}
      className={cn(menuItemClasses, danger && "text-danger data-highlighted:bg-danger-soft")}
    >
      {Icon && <Icon className={danger ? "" : "text-muted"} aria-hidden />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {checked && <Check aria-label="chosen" />}
      {keys && <Kbd keys={keys} />}
    </Primitive.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Primitive.Label className="px-2 py-1 text-subtle text-xs">{children}</Primitive.Label>;
}

export function MenuSeparator() {
  return <Primitive.Separator className="-mx-1 my-1 h-px bg-line" />;
}
