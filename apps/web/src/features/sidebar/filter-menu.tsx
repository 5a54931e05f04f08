"use client";
import type { SidebarFilter } from "@heddle/db/sidebar.schema";
import { DropdownMenu, MenuItem, MenuLabel, MenuSeparator } from "@heddle/ui/dropdown-menu";
import { IconButton } from "@heddle/ui/icon-button";
import { statusLabel } from "@heddle/ui/status-dot";
import { useQuery } from "@tanstack/react-query";
import { ListFilter } from "lucide-react";
import { useTRPC } from "../shell/trpc.ts";
import { isFiltered, noFilter } from "./list-entries.ts";

const statuses = ["running", "waiting", "failed", "idle"] as const;

type FilterMenuProps = { filter: SidebarFilter; onChange: (filter: SidebarFilter) => void };

/** Chooses which threads the list shows. */
export function FilterMenu({ filter, onChange }: FilterMenuProps) {
  const projects = useQuery(useTRPC().projects.list.queryOptions()).data ?? [];
  const choose = (part: Partial<SidebarFilter>) => onChange({ ...filter, ...part });
  return (
    <DropdownMenu
      trigger={
        <IconButton
          icon={ListFilter}
          label="Filter threads"
          side="top"
          size="sm"
          aria-pressed={isFiltered(filter)}
          className="aria-pressed:bg-selected aria-pressed:text-fg"
        />
      }
    >
      <MenuItem checked={filter.mine} onSelect={() => choose({ mine: !filter.mine })}>
        Only mine
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>Status</MenuLabel>
      {statuses.map((status) => (
        <MenuItem
          key={status}
          checked={filter.status === status}
          onSelect={() => choose({ status: filter.status === status ? null : status })}
        >
          {statusLabel({ status })}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuLabel>Project</MenuLabel>
      {projects.map(({ id, name }) => (
        <MenuItem
          key={id}
          checked={filter.projectId === id}
          onSelect={() => choose({ projectId: filter.projectId === id ? null : id })}
        >
          {name}
        </MenuItem>
      ))}
      {isFiltered(filter) && (
        <>
          <MenuSeparator />
          <MenuItem onSelect={() => onChange(noFilter)}>Show all threads</MenuItem>
        </>
      )}
    </DropdownMenu>
  );
}
