import { z } from "zod";

const modelId = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u, "A model's name is one line.");

export const createProviderInput = z.object({
  name: z
    .string()
    .trim()
    .min(1, "Give the provider a name.")
    .max(60)
    .regex(/^[^/\s]+$/, "The name must not contain spaces or slashes."),
  kind: z.enum(["openai-chat", "openai-responses", "anthropic"]),
  baseUrl: z
    .url({ protocol: /^https?$/, message: "Write an http or https address." })
    .max(2_000)
    .refine(
      (url) => !hasCredentials(url),
      "Write the key in its own field, not into the address: all members see that.",
    )
    .optional(),
  apiKey: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .regex(/^[\x21-\x7e]+$/, "The key has a character that no key has. Copy it again.")
    .optional(),
  models: z
    .array(z.object({ id: modelId, contextTokens: z.number().int().positive().max(1_000_000_000).optional() }))
    .min(1, "Name at least one model.")
    .max(200),
});
export type CreateProviderInput = z.output<typeof createProviderInput>;

function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== "" || password !== "";
}

export const providerView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["openai-chat", "openai-responses", "anthropic"]),
  baseUrl: z.string().nullable(),
  /** Last four characters of the key. */
  apiKeyHint: z.string().nullable(),
  isDemo: z.boolean(),
  models: z.array(z.object({ id: z.string(), contextTokens: z.number().nullable() })),
  createdAt: z.date(),
});
export type ProviderView = z.infer<typeof providerView>;
