"use client";
import { CommandPalette } from "@heddle/ui/command-palette";
import { useState } from "react";
import { usePaletteGroups } from "./use-palette-groups.tsx";

/** ⌘K: everything that can be gone to or done, by name. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [query, setQuery] = useState("");
  const { groups, busy } = usePaletteGroups(query, open);
  return (
    <CommandPalette
      open={open}
      onOpenChange={() => {
        setQuery("");
        onClose();
      }}
      query={query}
      onQueryChange={setQuery}
      groups={groups}
      busy={busy}
    />
  );
}
