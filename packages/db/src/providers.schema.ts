import { z } from "zod";

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
    .optional(),
  apiKey: z.string().trim().min(1).max(2_000).optional(),
  models: z
    .array(z.object({ id: z.string().trim().min(1).max(200), contextTokens: z.number().int().positive().optional() }))
    .min(1, "Name at least one model.")
    .max(200),
});
export type CreateProviderInput = z.output<typeof createProviderInput>;

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
