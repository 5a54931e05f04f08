import { mutate } from "./mutate.ts";
import { defaultEmailKinds, type NotificationSettings } from "./notifications.schema.ts";
import type { WorkspaceScope } from "./scope.ts";

type Stored = { emailKinds: NotificationSettings["emailKinds"]; timeZone: string } & Record<
  "quietFromMinute" | "quietToMinute",
  number | null
>;

/** What the caller is told of by e-mail in this workspace, and when not; `null` for who has chosen nothing yet. */
export async function readNotifications(scope: WorkspaceScope): Promise<NotificationSettings | null> {
  const row = await scope.db.prisma.notificationSettings.findUnique({ where: ownRow(scope) });
  return row && asSettings(row);
}

/** Chooses it anew; counts for what is sent from then on. */
export async function writeNotifications(scope: WorkspaceScope, settings: NotificationSettings): Promise<void> {
  const { emailKinds, quietHours, timeZone } = settings;
  const data = {
    emailKinds,
    timeZone,
    quietFromMinute: quietHours?.from ?? null,
    quietToMinute: quietHours?.to ?? null,
  };
  const { userId } = scope.principal;
  const detail = { emailKinds: emailKinds.join(" "), quietHours: quietHours !== null };
  const entry = { action: "notifications.change", resource: { type: "user", id: userId }, detail };
  await mutate(scope, entry, async (tx) => {
    const create = { workspaceId: scope.workspaceId, userId, ...data };
    await tx.notificationSettings.upsert({ where: ownRow(scope), create, update: data });
  });
}

/** A row as the settings that it stands for; those of who has chosen nothing for null. */
export function asSettings(row: Stored | null): NotificationSettings {
  if (row === null) return { emailKinds: [...defaultEmailKinds], quietHours: null, timeZone: "UTC" };
  const { emailKinds, timeZone, quietFromMinute: from, quietToMinute: to } = row;
  return { emailKinds, timeZone, quietHours: from === null || to === null ? null : { from, to } };
}

const ownRow = ({ workspaceId, principal }: WorkspaceScope) => ({
  workspaceId_userId: { workspaceId, userId: principal.userId },
});
