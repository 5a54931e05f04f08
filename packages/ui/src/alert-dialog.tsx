"use client";
import { AlertDialog as Primitive } from "radix-ui";
import { type ReactNode, type RefObject, useId, useState } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { DialogFooter, overlayClasses, sheetClasses } from "./dialog.tsx";
import { Input } from "./input.tsx";
import { useFocusReturn } from "./use-focus-return.ts";

export type AlertDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Says what is lost. */
  description: ReactNode;
  /** A verb and its object: "Delete project". */
  confirmLabel: string;
  onConfirm: () => void;
  pending?: boolean;
  error?: string | null;
  destructive?: boolean;
  /** Takes the focus afterwards, see `Dialog`. */
  returnFocus?: RefObject<HTMLElement | null>;
  /** The confirmation must be typed, for deleting a project or workspace only. */
  typeToConfirm?: string;
};

/** Asks before something that cannot be undone. The caller closes it when done. */
export function AlertDialog(props: AlertDialogProps) {
  const { open, onOpenChange, title, description, confirmLabel, onConfirm, pending, error } = props;
  const { destructive = true, typeToConfirm } = props;
  const [typed, setTyped] = useState("");
  const id = useId();
  const { remember, giveBack } = useFocusReturn(props.returnFocus);
  return (
    <Primitive.Root
      open={open}
      onOpenChange={(next) => {
        setTyped("");
        onOpenChange(next);
      }}
    >
      <Primitive.Portal>
        <Primitive.Overlay className={overlayClasses} />
        <Primitive.Content
          onOpenAutoFocus={remember}
          onCloseAutoFocus={giveBack}
          className={cn(sheetClasses, "sm:max-w-md")}
        >
          <div className="flex flex-col gap-2 px-5 pt-4 pb-5">
            <Primitive.Title className="font-semibold text-base">{title}</Primitive.Title>
            <Primitive.Description asChild>
              <div className="text-muted text-sm">{description}</div>
            </Primitive.Description>
            {typeToConfirm && (
              <label htmlFor={id} className="mt-2 flex flex-col gap-1.5 text-sm">
                <span>
                  Type <strong className="font-mono">{typeToConfirm}</strong> to confirm
                </span>
                <Input id={id} value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
              </label>
            )}
            {error && <p className="text-danger text-sm">{error}</p>}
          </div>
          <DialogFooter>
            <Primitive.Cancel asChild>
              <Button>Cancel</Button>
            </Primitive.Cancel>
            <Button
              variant={destructive ? "danger" : "primary"}
              pending={pending}
              disabled={typeToConfirm !== undefined && typed !== typeToConfirm}
              onClick={onConfirm}
            >
              {confirmLabel}
            </Button>
          </DialogFooter>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
