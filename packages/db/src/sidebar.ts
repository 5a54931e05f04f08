import { mutate } from "./mutate.ts";
import type { WorkspaceScope } from "./scope.ts";
import { type SetSidebarInput, type SidebarFilter, type SidebarView, sidebarFilter } from "./sidebar.schema.ts";

const noFilter: SidebarFilter = { status: null, mine: false, projectId: null };

/** How the principal has arranged their list of threads. */
export async function getSidebar(scope: WorkspaceScope): Promise<SidebarView> {
  const row = await scope.db.prisma.sidebarView.findUnique({ where: own(scope) });
  return { pins: [...new Set(row?.pins)], filter: sidebarFilter.catch(noFilter).parse(row?.filter) };
}

export async function setSidebar(scope: WorkspaceScope, { pins, filter }: SetSidebarInput): Promise<void> {
  const id = scope.principal.userId;
  await mutate(scope, { action: "sidebar.set", resource: { type: "user", id } }, async (tx) => {
    const { workspaceId_userId: key } = own(scope);
    await tx.sidebarView.upsert({
      where: own(scope),
      create: { ...key, pins, filter: filter ?? noFilter },
      update: { pins, filter },
    });
  });
}

function own({ workspaceId, principal: { userId } }: WorkspaceScope) {
  return { workspaceId_userId: { workspaceId, userId } };
}
