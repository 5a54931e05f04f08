"use client";
import { DropdownMenu as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { menuClasses } from "./menu-classes.ts";

/** Where a menu was asked for: a point of the window, and the row that it is about. */
export type MenuPlace = { x: number; y: number; row: HTMLElement };

export type MenuAtProps = { place: MenuPlace; label: string; onClose: () => void; children: ReactNode };

/** A context menu. The focus goes back to its row, unless a dialog has taken it. */
export function MenuAt({ place, label, onClose, children }: MenuAtProps) {
  return (
    <Primitive.Root open onOpenChange={(open) => !open && onClose()}>
      <Primitive.Trigger asChild>
        <span className="fixed size-0" style={{ left: place.x, top: place.y }} aria-hidden />
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          aria-label={label}
          align="start"
          collisionPadding={8}
          className={menuClasses}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            place.row.focus();
          }}
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
