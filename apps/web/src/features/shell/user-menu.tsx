"use client";
import { Avatar } from "@heddle/ui/avatar";
import { DropdownMenu, MenuItem, MenuLabel, MenuSeparator } from "@heddle/ui/dropdown-menu";
import { ChevronsUpDown, Keyboard, LogOut, Settings } from "lucide-react";
import { leave } from "../session/leave.ts";
import { useShell } from "./shell-context.ts";
import { useGo } from "./use-go.ts";

export function UserMenu({ name, role, workspace }: { name: string; role: string; workspace: string }) {
  const go = useGo();
  const { showHelp } = useShell();

  return (
    <DropdownMenu
      align="start"
      side="top"
      trigger={
        <button
          type="button"
          aria-label={`${name}, ${role}: account menu`}
          className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-left hover:bg-hover"
        >
          <Avatar name={name} />
          <span className="min-w-0 flex-1 truncate text-sm">{name}</span>
          <ChevronsUpDown className="size-3 shrink-0 text-subtle" aria-hidden />
        </button>
      }
    >
      <MenuLabel>
        {role.charAt(0).toUpperCase() + role.slice(1)} of {workspace}
      </MenuLabel>
      <MenuSeparator />
      <MenuItem icon={Settings} keys={["g", "s"]} onSelect={() => go("/settings/appearance")}>
        Settings
      </MenuItem>
      <MenuItem icon={Keyboard} keys={["?"]} onSelect={showHelp}>
        Keyboard shortcuts
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={LogOut} onSelect={() => leave("/sign-in")}>
        Sign out
      </MenuItem>
    </DropdownMenu>
  );
}
