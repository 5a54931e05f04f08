import { AppError } from "./errors.ts";
import type { ProjectScope, WorkspaceScope } from "./scope.ts";

type AnyScope = Pick<WorkspaceScope | ProjectScope, "db" | "workspaceId">;

/**
 * The full name `provider/model` of the model to use.
 * @param wanted as the person wrote it; without it the workspace's default, else the first model of the oldest real
 *   provider, else the demo's
 * @throws MODEL_NOT_FOUND, NO_MODEL
 */
export async function resolveModel(scope: AnyScope, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) {
    await findModel(scope, wanted);
    return wanted;
  }
  const workspace = await scope.db.prisma.workspace.findUniqueOrThrow({ where: { id: scope.workspaceId } });
  if (workspace.defaultModel !== null) return workspace.defaultModel;
  const [first] = await listModels(scope);
  if (!first) throw new AppError("NO_MODEL");
  return first.name;
}

/** @throws MODEL_NOT_FOUND */
export async function findModel(scope: AnyScope, name: string) {
  const slash = name.indexOf("/");
  const model = await scope.db.prisma.model.findFirst({
    where: {
      id: name.slice(slash + 1),
      provider: { workspaceId: scope.workspaceId, name: name.slice(0, slash) },
    },
    include: { provider: true },
  });
  if (!model)
    throw new AppError("MODEL_NOT_FOUND", { message: `No provider of this workspace has the model “${name}”.` });
  return model;
}

export type ModelChoice = {
  name: string;
  provider: string;
  model: string;
  isDemo: boolean;
  contextTokens: number | null;
};

/** Every model of the workspace: real providers first, oldest first. */
export async function listModels(scope: AnyScope): Promise<ModelChoice[]> {
  const providers = await scope.db.prisma.provider.findMany({
    where: { workspaceId: scope.workspaceId },
    orderBy: [{ isDemo: "asc" }, { createdAt: "asc" }],
    select: { name: true, isDemo: true, models: { orderBy: { position: "asc" } } },
  });
  return providers.flatMap((provider) =>
    provider.models.map((model) => ({
      name: `${provider.name}/${model.id}`,
      provider: provider.name,
      model: model.id,
      isDemo: provider.isDemo,
      contextTokens: model.contextTokens,
    })),
  );
}
