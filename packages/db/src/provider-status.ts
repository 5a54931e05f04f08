import type { Provider } from "./generated/client.ts";
import type { WorkspaceScope } from "./scope.ts";
import type { ProviderStatus } from "./status.schema.ts";

/** What is known of the workspace's providers, by name: how the last request ended, which may be long ago. */
export async function readProviderStatus({ db, workspaceId }: WorkspaceScope): Promise<ProviderStatus[]> {
  const where = { workspaceId, models: { some: {} } };
  const rows = await db.prisma.provider.findMany({ where, orderBy: { name: "asc" } });
  return rows.map(toStatus);
}

function toStatus({ name, answeredAt, failedAt, failure }: Provider): ProviderStatus {
  if (failedAt !== null && (answeredAt === null || answeredAt < failedAt)) {
    return { name, state: "failed", at: failedAt, failure };
  }
  return { name, state: answeredAt === null ? "unasked" : "well", at: answeredAt, failure: null };
}
