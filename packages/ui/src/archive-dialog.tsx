"use client";
import { type RefObject, useId, useState } from "react";
import { Button } from "./button.tsx";
import { Checkbox } from "./checkbox.tsx";
import { Dialog } from "./dialog.tsx";

export type ArchiveDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  onArchive: (options: { keepIgnored: boolean }) => void;
  pending?: boolean;
  error?: string | null;
  returnFocus?: RefObject<HTMLElement | null>;
};

/** Sets a thread aside: says what is kept, and asks about files that git ignores. */
export function ArchiveDialog(props: ArchiveDialogProps) {
  const { open, onOpenChange, title, onArchive, pending, error, returnFocus } = props;
  const [keepIgnored, setKeepIgnored] = useState(true);
  const id = useId();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      returnFocus={returnFocus}
      title="Archive this thread?"
      description={title}
      width="sm"
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="primary" onClick={() => onArchive({ keepIgnored })} pending={pending}>
            Archive thread
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        <p className="text-muted">
          Its files, staged and not, its branch and the conversation are kept, and checked before anything is removed
          from the host. Restore it at any time.
        </p>
        <Checkbox
          id={id}
          checked={keepIgnored}
          onCheckedChange={setKeepIgnored}
          label="Also keep what git ignores"
          hint={
            keepIgnored
              ? "Installed packages, build output, local settings: the archive may be large."
              : "Installed packages, build output and local settings are removed for good."
          }
        />
        {error && (
          <p role="alert" className="text-danger">
            {error}
          </p>
        )}
      </div>
    </Dialog>
  );
}
