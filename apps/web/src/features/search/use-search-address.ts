import { useSearchParams } from "next/navigation";

const statuses = ["running", "waiting", "failed", "idle", "archived"] as const;

/** What the address says is looked for. */
export function useSearchAddress() {
  const parts = useSearchParams();
  const status = statuses.find((one) => one === parts.get("status"));
  return {
    query: parts.get("q") ?? "",
    filter: {
      projectId: parts.get("project") ?? undefined,
      memberId: parts.get("by") ?? undefined,
      status,
    },
  };
}
