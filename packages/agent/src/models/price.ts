import { calcPrice } from "@pydantic/genai-prices";
import type { ModelUsage } from "./port.ts";

const openAiUrl = "https://api.openai.com/v1";

/**
 * What a request cost by the provider's public list, in US dollars; 0 where the list has no such provider or model.
 * Works offline, from the prices that come with the package.
 * @param baseUrl the provider's address, null for OpenAI's own
 */
export function costUsd(baseUrl: string | null, modelId: string, usage: ModelUsage): number {
  const tokens = { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens };
  return calcPrice(tokens, modelId, { providerApiUrl: baseUrl ?? openAiUrl })?.total_price ?? 0;
}
