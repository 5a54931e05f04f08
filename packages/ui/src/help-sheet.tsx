"use client";
import { Dialog } from "./dialog.tsx";
import { Kbd } from "./kbd.tsx";

export type ShortcutGroup = { title: string; shortcuts: { keys: string[]; does: string }[] };

export type HelpSheetProps = { open: boolean; onOpenChange: (open: boolean) => void; groups: ShortcutGroup[] };

/** All keys of the product, opened with `?`. */
export function HelpSheet({ open, onOpenChange, groups }: HelpSheetProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" width="lg" reading>
      <div className="grid gap-x-10 gap-y-5 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className="mb-1 font-medium text-subtle text-xs">{group.title}</h3>
            <dl>
              {group.shortcuts.map(({ keys, does }) => (
                <div
                  key={does}
                  className="flex min-h-8 items-center justify-between gap-4 border-line border-b last:border-0"
                >
                  <dt className="text-sm">{does}</dt>
                  <dd>
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
