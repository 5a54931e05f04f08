import { mutate } from "./mutate.ts";
import type { ThreadScope } from "./scope.ts";
import type { SetViewedInput } from "./viewed.schema.ts";

/** Of one member and thread; the oldest go first. */
const kept = 5_000;

/** Hashes of the patches of a thread that the principal has looked through. */
export async function listViewed(scope: ThreadScope): Promise<string[]> {
  const rows = await scope.db.prisma.viewedPatch.findMany({ where: own(scope), select: { hash: true } });
  return rows.map(({ hash }) => hash);
}

/** Notes that the principal has looked a patch through, or takes that back. */
export async function setViewed(scope: ThreadScope, { hash, viewed }: SetViewedInput): Promise<void> {
  const resource = { type: "thread", id: scope.threadId };
  await mutate(scope, { action: viewed ? "thread.view_file" : "thread.unview_file", resource }, async (tx) => {
    const row = { ...own(scope), hash };
    if (!viewed) {
      await tx.viewedPatch.deleteMany({ where: row });
      return;
    }
    await tx.viewedPatch.upsert({ where: { threadId_userId_hash: row }, create: row, update: {} });
    const old = await tx.viewedPatch.findMany({ where: own(scope), orderBy: { at: "desc" }, skip: kept });
    await tx.viewedPatch.deleteMany({ where: { ...own(scope), hash: { in: old.map((one) => one.hash) } } });
  });
}

function own({ threadId, principal: { userId } }: ThreadScope) {
  return { threadId, userId };
}
