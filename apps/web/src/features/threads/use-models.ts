import type { ModelOption } from "@heddle/ui/types";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "../shell/trpc.ts";

/**
 * The models to choose from, absent until they are read, and the one chosen.
 * @param preferred until another is chosen; without it, or when it is gone, the workspace's first
 */
export function useModels(preferred?: string) {
  const { data } = useQuery(useTRPC().providers.models.queryOptions());
  const [chosen, choose] = useState<string>();
  const models = data?.map(
    (model): ModelOption => ({ value: model.name, label: model.model, provider: model.provider, demo: model.isDemo }),
  );
  const known = (name: string | undefined) => models?.find((model) => model.value === name)?.value;
  const model = known(chosen) ?? known(preferred) ?? models?.[0]?.value;
  const missing = data?.length === 0 ? "The workspace has no model yet. Add a provider in the settings." : null;
  return { models, model, choose, missing };
}
