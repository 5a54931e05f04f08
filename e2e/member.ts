import { createDatabase } from "@heddle/db/database";
import type { WorkspaceRole } from "@heddle/db/permissions";
import { hashPassword } from "@heddle/db/sessions";
import { addMember } from "@heddle/db/testing/fixtures";
import { databaseUrl, owner, type Stack } from "./stack.ts";

export type Credentials = { email: string; password: string };

/** A further person of the workspace, written into the database of the stack, where an invitation would take its time. */
export async function makeMember(stack: Stack, role: WorkspaceRole): Promise<Credentials> {
  const db = createDatabase({ url: await databaseUrl(stack.homeDir), poolSize: 1 });
  try {
    const { workspaceId } = await db.prisma.membership.findFirstOrThrow({ where: { user: { email: owner.email } } });
    const { userId } = await addMember(db, workspaceId, role);
    const credentials = { email: `${role}-${userId}@example.test`, password: "a password of one's own" };
    const passwordHash = await hashPassword(credentials.password);
    await db.prisma.user.update({ where: { id: userId }, data: { email: credentials.email, passwordHash } });
    return credentials;
  } finally {
    await db.close();
  }
}
