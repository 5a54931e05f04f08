"use client";
import { DropdownMenu, MenuItem, MenuLabel, MenuSeparator } from "@heddle/ui/dropdown-menu";
import { lazyPart } from "@heddle/ui/lazy-part";
import { useShortcuts } from "@heddle/ui/use-shortcuts";
import { useQuery } from "@tanstack/react-query";
import { ChevronsUpDown, Plus, Settings } from "lucide-react";
import { Suspense, useState } from "react";
import { useTRPC } from "../shell/trpc.ts";
import { useGo } from "../shell/use-go.ts";
import { useCan, useWorkspace } from "../shell/use-workspace.ts";
import { enterWorkspace } from "./enter.ts";
import { WorkspaceMark } from "./workspace-mark.tsx";

const CreateWorkspace = lazyPart(() => import("./create-workspace.tsx").then((module) => module.CreateWorkspace));

/** The name of the workspace, and the way into the others. */
export function WorkspaceSwitcher() {
  const go = useGo();
  const { data: workspace } = useWorkspace();
  const [open, setOpen] = useState(false);
  const [creating, setCreating] = useState<boolean>();
  const { data: joined = [] } = useQuery(useTRPC().workspaces.list.queryOptions(undefined, { enabled: open }));
  const mayCreate = useCan("workspace.create");
  useShortcuts({ "g w": () => setOpen(true) });
  const name = workspace?.name ?? "";

  return (
    <>
      <DropdownMenu
        align="start"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <button
            type="button"
            aria-label={`Workspace ${name}: switch to another`}
            className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-left hover:bg-hover pointer-coarse:h-11"
          >
            <WorkspaceMark name={name} />
            <span className="min-w-0 flex-1 truncate font-semibold text-sm">{name}</span>
            <ChevronsUpDown className="size-3 shrink-0 text-subtle" aria-hidden />
          </button>
        }
      >
        <MenuLabel>Workspaces</MenuLabel>
        {joined.map(({ id, name: other, role }) => (
          <MenuItem key={id} checked={id === workspace?.id} onSelect={() => id !== workspace?.id && enterWorkspace(id)}>
            {other} <span className="text-subtle text-xs">{role}</span>
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem icon={Settings} onSelect={() => go("/settings/workspace")}>
          Workspace settings
        </MenuItem>
        {mayCreate && (
          <MenuItem icon={Plus} onSelect={() => setCreating(true)}>
            New workspace
          </MenuItem>
        )}
      </DropdownMenu>
      <Suspense>
        {creating !== undefined && <CreateWorkspace open={creating} onClose={() => setCreating(false)} />}
      </Suspense>
    </>
  );
}
