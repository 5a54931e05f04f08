import { Select } from "@heddle/ui/select";
import { statusLabel } from "@heddle/ui/status-dot";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../shell/trpc.ts";
import { setAddress } from "../shell/use-address.ts";
import { useCan } from "../shell/use-workspace.ts";
import type { useSearchAddress } from "./use-search-address.ts";

const anything = "any";
const statuses = (["running", "waiting", "failed", "idle", "archived"] as const).map((status) => ({
  value: status,
  label: statusLabel({ status }),
}));

/** Narrow a search down to a project, a member, a status. */
export function SearchFilters({ asked: { filter } }: { asked: ReturnType<typeof useSearchAddress> }) {
  const trpc = useTRPC();
  const canSeeMembers = useCan("member.read");
  const projects = useQuery(trpc.projects.list.queryOptions()).data ?? [];
  const members = useQuery(trpc.members.list.queryOptions(undefined, { enabled: canSeeMembers })).data ?? [];
  const choose = (name: string) => (value: string) => setAddress({ [name]: value === anything ? null : value });
  return (
    <div className="flex flex-wrap items-center gap-1">
      <Select
        quiet
        aria-label="Project"
        value={filter.projectId ?? anything}
        onValueChange={choose("project")}
        options={[{ value: anything, label: "All projects" }, ...projects.map(named)]}
        className="max-w-52"
      />
      <Select
        quiet
        aria-label="Started by"
        value={filter.memberId ?? anything}
        onValueChange={choose("by")}
        options={[{ value: anything, label: "Everybody" }, ...members.map(named)]}
        className="max-w-52"
      />
      <Select
        quiet
        aria-label="Status"
        value={filter.status ?? anything}
        onValueChange={choose("status")}
        options={[{ value: anything, label: "Any status" }, ...statuses]}
      />
    </div>
  );
}

const named = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name });
