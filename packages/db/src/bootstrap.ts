import { type Actor, appendAudit, openAuditChain } from "./audit.ts";
import type { Database, Tx } from "./database.ts";
import { newId } from "./ids.ts";
import { transact } from "./mutate.ts";
import { hashPassword } from "./sessions.ts";
import { insertToken } from "./tokens.ts";

export type BootstrapInput = {
  email: string;
  password: string;
  /** An API token with the owner's rights, as the operator chose it. */
  token?: string;
  demoProvider: { baseUrl: string; models: string[] };
  sampleProjectPath: string;
};

const actor: Actor = { userId: "system", name: "Heddle", kind: "system", via: "bootstrap", ip: null };
const lockKey = 7_238_001;

/**
 * The first owner, workspace, demo provider and sample project. Later starts only bring the demo provider's address up
 * to date; accounts and passwords are never touched again.
 * @returns `created` on the first start, and the owner's address in any case
 */
export async function bootstrapWorkspace(
  db: Database,
  input: BootstrapInput,
): Promise<{ created: boolean; email: string }> {
  const passwordHash = await hashPassword(input.password);
  return transact(db, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${lockKey})`;
    const owner = await tx.membership.findFirst({
      where: { role: "owner", user: { kind: "human" } },
      orderBy: { createdAt: "asc" },
      include: { user: true },
    });
    if (owner) {
      await refreshDemo(tx, input);
      return { created: false, email: owner.user.email ?? input.email };
    }
    await createFirst(tx, input, passwordHash);
    return { created: true, email: input.email };
  });
}

async function createFirst(tx: Tx, input: BootstrapInput, passwordHash: string): Promise<void> {
  const email = input.email.trim().toLowerCase();
  const workspaceId = newId();
  const userId = newId();
  const name = ownerName(email);
  await tx.workspace.create({ data: { id: workspaceId, name: "Heddle" } });
  await openAuditChain(tx, workspaceId);
  await tx.user.create({ data: { id: userId, email, name, passwordHash } });
  await tx.membership.create({ data: { workspaceId, userId, role: "owner" } });
  if (input.token) {
    const token = { token: input.token, name: "Bootstrap token", role: "owner" as const };
    await insertToken(tx, { id: newId(), ...token, workspaceId, userId, createdById: userId });
  }
  await tx.provider.create({
    data: {
      workspaceId,
      name: "demo",
      kind: "openai_chat",
      isDemo: true,
      baseUrl: input.demoProvider.baseUrl,
      models: { create: input.demoProvider.models.map((id, position) => ({ id, position })) },
    },
  });
  const project = { workspaceId, name: "Sample project", sourcePath: input.sampleProjectPath, createdById: userId };
  await tx.project.create({ data: project });
  const resource = { type: "workspace", id: workspaceId };
  await appendAudit(tx, workspaceId, actor, { action: "workspace.bootstrap", resource });
}

async function refreshDemo(tx: Tx, input: BootstrapInput): Promise<void> {
  const demos = await tx.provider.findMany({ where: { isDemo: true }, include: { models: true } });
  for (const demo of demos) {
    const known = new Set(demo.models.map((model) => model.id));
    const added = input.demoProvider.models.filter((id) => !known.has(id));
    await tx.provider.update({
      where: { id: demo.id },
      data: {
        baseUrl: input.demoProvider.baseUrl,
        models: { create: added.map((id, index) => ({ id, position: known.size + index })) },
      },
    });
  }
}

/** `ada.lovelace@example.org` → `Ada Lovelace`. */
function ownerName(email: string): string {
  const words = (email.split("@")[0] ?? "Owner").split(/[._-]+/).filter(Boolean);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ") || "Owner";
}
