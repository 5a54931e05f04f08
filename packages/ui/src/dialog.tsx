"use client";
import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode, RefObject } from "react";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import { ScrollBox } from "./scroll-box.tsx";
import { useFocusReturn } from "./use-focus-return.ts";

export const overlayClasses = "fixed inset-0 z-40 animate-appear bg-black/35";
export const sheetClasses =
  "fixed z-50 flex animate-appear flex-col border-line bg-raised shadow-pop outline-none max-sm:inset-x-0 max-sm:bottom-0 max-sm:max-h-[92dvh] max-sm:rounded-t-xl max-sm:border-t sm:top-[12vh] sm:left-1/2 sm:max-h-[80vh] sm:w-[calc(100%-32px)] sm:-translate-x-1/2 sm:rounded-xl sm:border";

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  /** Buttons at the bottom; inside a form, give the form an id and the button `form`. */
  footer?: ReactNode;
  width?: "sm" | "md" | "lg";
  /** Takes the focus afterwards when the dialog was not opened by a click on it, e.g. because it follows another. */
  returnFocus?: RefObject<HTMLElement | null>;
  /** Nothing in it takes the focus: it does itself, so that it scrolls by keyboard. */
  reading?: boolean;
  children: ReactNode;
};

const bodyClasses = "min-h-0 flex-1 overflow-y-auto px-5 pb-5";
const WIDTHS = { sm: "sm:max-w-md", md: "sm:max-w-xl", lg: "sm:max-w-3xl" };

/** A modal; on phones a sheet from the bottom. Focus returns to what opened it. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, footer, width = "md", returnFocus, children } = props;
  const { remember, giveBack } = useFocusReturn(returnFocus);

  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={overlayClasses} />
        <Primitive.Content
          onCloseAutoFocus={giveBack}
          className={cn(sheetClasses, WIDTHS[width])}
          onOpenAutoFocus={(event) => {
            remember();
            focusFirstField(event);
          }}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Primitive.Title className="font-semibold text-base">{title}</Primitive.Title>
              {description && (
                <Primitive.Description className="mt-0.5 text-muted text-sm">{description}</Primitive.Description>
              )}
            </div>
            <Primitive.Close asChild>
              <IconButton icon={X} label="Close" keys={["Esc"]} className="-my-1 -mr-1.5 pointer-coarse:-my-2.5" />
            </Primitive.Close>
          </header>
          {props.reading ? (
            <ScrollBox label={title} className={cn(bodyClasses, "outline-offset-[-2px]")}>
              {children}
            </ScrollBox>
          ) : (
            <div className={bodyClasses}>{children}</div>
          )}
          {footer && <DialogFooter>{footer}</DialogFooter>}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** The first field takes the focus, or the dialog itself: never its close button. */
function focusFirstField(event: Event): void {
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  event.preventDefault();
  (dialog.querySelector<HTMLElement>("input, textarea") ?? dialog).focus();
}

/** The row of buttons at the end of a dialog. */
export function DialogFooter({ children }: { children: ReactNode }) {
  return (
    <footer className="flex shrink-0 flex-wrap items-center justify-end gap-2 border-line border-t px-5 py-3 max-sm:pb-[calc(12px+env(safe-area-inset-bottom))]">
      {children}
    </footer>
  );
}
