"use client";
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { type ReactNode, useRef, useState } from "react";
import { cn } from "./cn.ts";
import { overlayClasses, sheetClasses } from "./dialog.tsx";
import { Kbd } from "./kbd.tsx";
import { useFocusReturn } from "./use-focus-return.ts";

export type PaletteEntry = {
  id: string;
  label: ReactNode;
  icon: ReactNode;
  /** Where it is, or what choosing it does. */
  note?: ReactNode;
  keys?: string[];
  /** Runs once the palette has closed and the focus is back. */
  onSelect: () => void;
};

export type PaletteGroup = { title: string; entries: PaletteEntry[] };

export type CommandPaletteProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  query: string;
  onQueryChange: (query: string) => void;
  /** Matches alone, best first. */
  groups: PaletteGroup[];
  /** More is being looked for. */
  busy?: boolean;
};

/** One field from which everything can be reached. Arrow keys choose, Enter goes, Esc closes. */
export function CommandPalette({ open, onOpenChange, query, onQueryChange, groups, busy }: CommandPaletteProps) {
  const { remember, giveBack } = useFocusReturn();
  const [moved, setMoved] = useState("");
  const ids = groups.flatMap(({ entries }) => entries.map(({ id }) => id));
  const chosen = useRef<(() => void) | null>(null);

  function choose(entry: PaletteEntry) {
    chosen.current = entry.onSelect;
    onOpenChange(false);
  }

  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={overlayClasses} />
        <Primitive.Content
          aria-describedby={undefined}
          className={cn(sheetClasses, "overflow-hidden max-sm:h-[92dvh] sm:max-w-2xl")}
          onOpenAutoFocus={remember}
          onCloseAutoFocus={(event) => {
            giveBack(event);
            chosen.current?.();
            chosen.current = null;
          }}
        >
          <Primitive.Title className="sr-only">Search and commands</Primitive.Title>
          <Command
            shouldFilter={false}
            loop
            // The best match, until the reader moves on.
            value={ids.includes(moved) ? moved : (ids[0] ?? "")}
            onValueChange={setMoved}
            label="Search and commands"
            className="flex min-h-0 flex-1 flex-col"
          >
            <div className="flex shrink-0 items-center gap-2.5 border-line border-b px-4">
              <Search className="size-4 shrink-0 text-subtle" aria-hidden />
              <Command.Input
                value={query}
                onValueChange={(next) => {
                  setMoved("");
                  onQueryChange(next);
                }}
                placeholder="Go to a thread, a file, a setting; or do something"
                className="h-12 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-subtle"
              />
              <Kbd keys={["Esc"]} className="max-sm:hidden" />
            </div>
            <Command.List
              label="Results"
              className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-1.5 sm:max-h-[60vh]"
            >
              <Command.Empty className="px-3 py-8 text-center text-muted text-sm">
                {busy ? "Looking in the conversations" : `Nothing matches “${query.trim()}”`}
              </Command.Empty>
              {groups.map(({ title, entries }) => (
                <Command.Group key={title} heading={title} className={groupClasses}>
                  {entries.map((entry) => (
                    <Row key={entry.id} entry={entry} onSelect={() => choose(entry)} />
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

const groupClasses =
  "pb-1.5 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-1.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-subtle [&_[cmdk-group-heading]]:text-xs";

function Row({ entry, onSelect }: { entry: PaletteEntry; onSelect: () => void }) {
  return (
    <Command.Item
      value={entry.id}
      onSelect={onSelect}
      className="flex min-h-8 cursor-default items-center gap-2.5 rounded-md px-2.5 py-1 text-sm data-[selected=true]:bg-selected pointer-coarse:min-h-11 [&_svg]:size-3.5 [&_svg]:shrink-0"
    >
      <span className="flex size-4 shrink-0 items-center justify-center text-muted">{entry.icon}</span>
      <span className="min-w-0 flex-1 truncate">{entry.label}</span>
      {entry.note && <span className="max-w-[45%] truncate text-muted text-xs">{entry.note}</span>}
      {entry.keys && <Kbd keys={entry.keys} className="pointer-coarse:hidden" />}
    </Command.Item>
  );
}
