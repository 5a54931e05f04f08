"use client";
import { Toaster as Primitive } from "sonner";

/** Where toasts appear; render once. Raise them with `toast` of sonner. */
export function Toaster() {
  return (
    <Primitive
      position="bottom-right"
      gap={8}
      // Above the bar of columns.
      mobileOffset={{ bottom: "calc(4.5rem + env(safe-area-inset-bottom))" }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-start gap-2.5 rounded-lg border border-line bg-raised p-3 text-fg text-sm shadow-pop font-sans",
          content: "min-w-0 flex-1",
          title: "font-medium",
          description: "text-muted text-xs",
          icon: "mt-0.5 text-muted",
          actionButton: "shrink-0 font-medium text-accent-text text-xs hover:underline",
          cancelButton: "shrink-0 text-muted text-xs hover:text-fg",
        },
      }}
    />
  );
}
