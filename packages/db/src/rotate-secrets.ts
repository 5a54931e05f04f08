import type { Database } from "./database.ts";
import type { SecretBox, SecretContext } from "./secrets.ts";

/**
 * Puts every kept secret under the newest key, so that the older ones can be taken out of the ring afterwards. Values
 * stay sealed. What no key of the ring opens is left as it is: the one who uses it is told.
 * @returns how many were rewrapped
 */
export async function rotateSecrets(db: Database, secrets: SecretBox): Promise<number> {
  const providers = await db.prisma.provider.findMany({
    where: { apiKeyEnvelope: { not: null } },
    select: { id: true, workspaceId: true, apiKeyEnvelope: true },
  });
  const remotes = await db.prisma.projectRemote.findMany({
    where: { secretEnvelope: { not: null } },
    select: { projectId: true, secretEnvelope: true, project: { select: { workspaceId: true } } },
  });
  let count = 0;
  for (const { id, workspaceId, apiKeyEnvelope: old } of providers) {
    const apiKeyEnvelope = rewrapped(secrets, { workspaceId, model: "provider", id }, old);
    if (apiKeyEnvelope === null) continue;
    // Not over what somebody has set meanwhile.
    count += (await db.prisma.provider.updateMany({ where: { id, apiKeyEnvelope: old }, data: { apiKeyEnvelope } }))
      .count;
  }
  for (const { projectId, project, secretEnvelope: old } of remotes) {
    const context = { workspaceId: project.workspaceId, model: "remote", id: projectId } as const;
    const secretEnvelope = rewrapped(secrets, context, old);
    if (secretEnvelope === null) continue;
    const where = { projectId, secretEnvelope: old };
    count += (await db.prisma.projectRemote.updateMany({ where, data: { secretEnvelope } })).count;
  }
  return count;
}

/** `null` where there is nothing to do, or no key for it. */
function rewrapped(secrets: SecretBox, context: SecretContext, envelope: string | null): string | null {
  if (envelope === null || secrets.isNewest(envelope)) return null;
  try {
    return secrets.rewrap(context, envelope);
  } catch {
    return null;
  }
}
