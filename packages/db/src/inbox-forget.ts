import type { Database } from "./database.ts";

const keptDays = 60;

/** Items that ended long ago go, with their e-mails: the audit log keeps who did what. */
export async function forgetInbox({ prisma }: Database): Promise<void> {
  const before = new Date(Date.now() - keptDays * 86_400_000);
  await prisma.inboxItem.deleteMany({ where: { OR: [{ doneAt: { lt: before } }, { resolvedAt: { lt: before } }] } });
}
