import type { Database, Tx } from "./database.ts";

/**
 * The workspace that came with the installation. What serves all workspaces is looked after from it, and it cannot be
 * deleted: nobody else gets into its place.
 */
export async function firstWorkspaceId({ workspace }: Tx | Database["prisma"]): Promise<string | undefined> {
  const first = await workspace.findFirst({ orderBy: [{ createdAt: "asc" }, { id: "asc" }], select: { id: true } });
  return first?.id;
}
