import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import type { Prisma, ProviderKind } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { findModel } from "./models.ts";
import { mutate } from "./mutate.ts";
import { nameTaken } from "./projects.ts";
import type { CreateProviderInput, ProviderView } from "./providers.schema.ts";
import type { RunScope } from "./run-scope.ts";
import type { WorkspaceScope } from "./scope.ts";
import type { SecretBox, SecretContext } from "./secrets.ts";

const kinds = {
  "openai-chat": "openai_chat",
  "openai-responses": "openai_responses",
  anthropic: "anthropic",
} as const satisfies Record<CreateProviderInput["kind"], ProviderKind>;

/** Adds a provider; its key is sealed before it touches the database. @throws NAME_TAKEN, BAD_INPUT */
export async function createProvider(
  scope: WorkspaceScope,
  secrets: SecretBox,
  input: CreateProviderInput,
): Promise<{ id: string }> {
  if (input.kind !== "openai-chat") {
    throw new AppError("BAD_INPUT", {
      message: `Providers of kind “${input.kind}” are not supported yet. Use “openai-chat”.`,
    });
  }
  const id = newId();
  const { workspaceId } = scope;
  const entry = { action: "provider.create", resource: { type: "provider", id }, detail: { name: input.name } };
  const envelope = input.apiKey ? secrets.seal({ workspaceId, model: "provider", id }, input.apiKey) : null;
  await mutate(scope, entry, async (tx, after) => {
    await tx.provider
      .create({
        data: {
          id,
          workspaceId,
          name: input.name,
          kind: kinds[input.kind],
          baseUrl: input.baseUrl ?? null,
          apiKeyEnvelope: envelope,
          apiKeyHint: input.apiKey && input.apiKey.length >= 12 ? input.apiKey.slice(-4) : null,
          models: { create: dedupe(input.models) },
        },
      })
      .catch(nameTaken);
    after({ k: "workspace", w: workspaceId });
  });
  return { id };
}

function dedupe(models: CreateProviderInput["models"]): Prisma.ModelCreateWithoutProviderInput[] {
  const byId = new Map(models.map((model) => [model.id, model]));
  return [...byId.values()].map((model, position) => ({
    id: model.id,
    position,
    contextTokens: model.contextTokens ?? null,
  }));
}

export async function listProviders(scope: WorkspaceScope): Promise<ProviderView[]> {
  const rows = await scope.db.prisma.provider.findMany({
    where: { workspaceId: scope.workspaceId },
    orderBy: [{ isDemo: "asc" }, { createdAt: "asc" }],
    include: { models: { orderBy: { position: "asc" } } },
  });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kind: kindName(row.kind),
    baseUrl: row.baseUrl,
    apiKeyHint: row.apiKeyHint,
    isDemo: row.isDemo,
    models: row.models.map(({ id, contextTokens }) => ({ id, contextTokens })),
    createdAt: row.createdAt,
  }));
}

/** Removes a provider and its key; threads keep the model's name and fail with MODEL_NOT_FOUND until another is chosen. */
export async function deleteProvider(scope: WorkspaceScope, providerId: string): Promise<void> {
  const entry = { action: "provider.delete", resource: { type: "provider", id: providerId } };
  await mutate(scope, entry, async (tx, after) => {
    const removed = await tx.provider.deleteMany({ where: { id: providerId, workspaceId: scope.workspaceId } });
    if (removed.count === 0) throw new AppError("NOT_FOUND");
    after({ k: "workspace", w: scope.workspaceId });
  });
}

export type ModelAccess = {
  providerId: string;
  kind: CreateProviderInput["kind"];
  baseUrl: string | null;
  apiKey: string | null;
  modelId: string;
  isDemo: boolean;
};

/** For a worker about to call a model: where it is and the opened key. Never store or log the result. @throws MODEL_NOT_FOUND, PROVIDER_KEY_LOST */
export async function openModel(scope: RunScope, secrets: SecretBox, name: string): Promise<ModelAccess> {
  const { provider, id } = await findModel(scope, name);
  const context = { workspaceId: scope.workspaceId, model: "provider" as const, id: provider.id };
  return {
    providerId: provider.id,
    kind: kindName(provider.kind),
    baseUrl: provider.baseUrl,
    apiKey: provider.apiKeyEnvelope === null ? null : openKey(secrets, context, provider.apiKeyEnvelope),
    modelId: id,
    isDemo: provider.isDemo,
  };
}

function openKey(secrets: SecretBox, context: SecretContext, envelope: string): string {
  try {
    return secrets.open(context, envelope);
  } catch (error) {
    throw new AppError("PROVIDER_KEY_LOST", { cause: error });
  }
}

const noteEveryMs = 60_000;

/** Remembers that a provider has answered, or how it failed: what its health is told from. Seldom a write while all is well. */
export async function noteAnswer(db: Database, providerId: string, failure: string | null): Promise<void> {
  const at = new Date();
  if (failure !== null) {
    await db.prisma.provider.updateMany({ where: { id: providerId }, data: { failedAt: at, failure } });
    return;
  }
  const early = new Date(at.getTime() - noteEveryMs);
  await db.prisma.$executeRaw`
    UPDATE "Provider" SET "answeredAt" = ${at}
    WHERE "id" = ${providerId} AND ("answeredAt" IS NULL OR "answeredAt" < ${early} OR "answeredAt" <= "failedAt")`;
}

function kindName(kind: ProviderKind): CreateProviderInput["kind"] {
  switch (kind) {
    case "openai_chat":
      return "openai-chat";
    case "openai_responses":
      return "openai-responses";
    case "anthropic":
      return "anthropic";
  }
}
