"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { DropdownMenu, MenuItem } from "./dropdown-menu.tsx";
import { IconButton } from "./icon-button.tsx";

export type Theme = "system" | "light" | "dark";
const THEMES = [
  { value: "system", label: "Like the system", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
] as const;

/** The caller sets `data-theme` on <html> (or removes it for "system") and remembers the choice. */
export function ThemeToggle({ value, onValueChange }: { value: Theme; onValueChange: (theme: Theme) => void }) {
  const current = THEMES.find((theme) => theme.value === value) ?? THEMES[0];
  return (
    <DropdownMenu trigger={<IconButton icon={current.icon} label="Theme" />}>
      {THEMES.map((theme) => (
        <MenuItem
          key={theme.value}
          icon={theme.icon}
          checked={theme.value === value}
          onSelect={() => onValueChange(theme.value)}
        >
          {theme.label}
        </MenuItem>
      ))}
    </DropdownMenu>
  );
}
