import { createHash, randomBytes } from "node:crypto";
import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { newId } from "./ids.ts";
import { mutate } from "./mutate.ts";
import type { WorkspaceRole } from "./permissions.ts";
import type { Principal, WorkspaceScope } from "./scope.ts";
import type { CreateTokenInput, TokenView } from "./tokens.schema.ts";

const hashToken = (token: string) => createHash("sha256").update(token).digest("hex");

/** A fresh secret: 256 bits, recognisable to people and scanners by its prefix. */
export function generateToken(): string {
  return `hdl_${randomBytes(32).toString("base64url")}`;
}

/** A token for a bot: a member of its own with that role, which sees nobody's private threads. Shown once. */
export async function createBotToken(
  scope: WorkspaceScope,
  input: Omit<CreateTokenInput, "workspaceId">,
): Promise<{ id: string; token: string }> {
  const id = newId();
  const token = generateToken();
  const name = input.name ?? `${input.role} token`;
  const entry = { action: "token.create", resource: { type: "token", id }, detail: { role: input.role, name } };
  await mutate(scope, entry, async (tx) => {
    const bot = await tx.user.create({ data: { kind: "bot", name } });
    await tx.membership.create({ data: { workspaceId: scope.workspaceId, userId: bot.id, role: input.role } });
    await insertToken(tx, {
      id,
      token,
      name,
      role: input.role,
      workspaceId: scope.workspaceId,
      userId: bot.id,
      createdById: scope.principal.userId,
    });
  });
  return { id, token };
}

/** A token that acts as the member who asks, with the role that the member has at each use. Shown once. */
export async function createPersonalToken(
  scope: WorkspaceScope,
  input: { name: string },
): Promise<{ id: string; token: string }> {
  const id = newId();
  const token = generateToken();
  const { workspaceId, principal } = scope;
  const entry = {
    action: "token.create",
    resource: { type: "token", id },
    detail: { name: input.name, personal: true },
  };
  await mutate(scope, entry, (tx) =>
    insertToken(tx, {
      id,
      token,
      name: input.name,
      role: scope.role,
      workspaceId,
      userId: principal.userId,
      createdById: principal.userId,
    }),
  );
  return { id, token };
}

/** Within the caller's transaction; only the hash is stored. */
export async function insertToken(
  tx: Tx,
  row: {
    id: string;
    token: string;
    name: string;
    role: WorkspaceRole;
    workspaceId: string;
    userId: string;
    createdById: string;
  },
): Promise<void> {
  const { token, ...rest } = row;
  await tx.apiToken.create({ data: { ...rest, hash: hashToken(token), prefix: token.slice(0, 8) } });
}

/** Live tokens: all of the workspace for who manages them, one's own otherwise. */
export async function listTokens(scope: WorkspaceScope): Promise<TokenView[]> {
  const own = scope.permission === "token.own" ? { userId: scope.principal.userId } : {};
  const rows = await scope.db.prisma.apiToken.findMany({
    where: { workspaceId: scope.workspaceId, revokedAt: null, ...own },
    orderBy: { createdAt: "desc" },
    include: { user: { select: { kind: true } } },
  });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    role: row.role,
    prefix: row.prefix,
    personal: row.user.kind === "human",
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
  }));
}

/** Ends a token at once; its running turns end at their next step. @throws NOT_FOUND */
export async function revokeToken(scope: WorkspaceScope, tokenId: string): Promise<void> {
  const own = scope.permission === "token.own" ? { userId: scope.principal.userId } : {};
  await mutate(scope, { action: "token.revoke", resource: { type: "token", id: tokenId } }, async (tx, after) => {
    const revoked = await tx.apiToken.updateMany({
      where: { id: tokenId, workspaceId: scope.workspaceId, revokedAt: null, ...own },
      data: { revokedAt: new Date() },
    });
    if (revoked.count === 0) throw new AppError("NOT_FOUND");
    // Open streams look at their rights again.
    after({ k: "workspace", w: scope.workspaceId });
  });
}

const lastUsedResolutionMs = 60_000;

/** Who a bearer token stands for; `null` when it is unknown or revoked. */
export async function authenticateToken(
  db: Database,
  token: string,
  request: { ip: string | null; requestId: string },
): Promise<Principal | null> {
  const row = await db.prisma.apiToken.findUnique({ where: { hash: hashToken(token) }, include: { user: true } });
  if (!row || row.revokedAt) return null;
  if (!row.lastUsedAt || Date.now() - row.lastUsedAt.getTime() > lastUsedResolutionMs) {
    await db.prisma.apiToken.update({ where: { id: row.id }, data: { lastUsedAt: new Date() } });
  }
  return {
    userId: row.userId,
    name: row.user.name,
    kind: row.user.kind,
    via: { type: "token", tokenId: row.id, workspaceId: row.workspaceId, role: row.role },
    ...request,
  };
}
