import type { ClaimedRole } from "@heddle/db/identities";
import { z } from "zod";

const roles = ["admin", "member", "viewer", "auditor"] as const satisfies ClaimedRole[];

const words = (text: string) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

const issuer = z
  .url({ protocol: /^https?$/ })
  .refine((text) => text.startsWith("https:") || isLoopback(new URL(text).hostname), "must be https")
  .transform((text) => text.replace(/\/+$/, ""));

const isLoopback = (host: string) => host === "localhost" || host === "127.0.0.1" || host === "[::1]";

/** `group=role` pairs; of several groups of a person the first one here counts. */
const groupRoles = z.string().transform((text, context) =>
  words(text).map((pair) => {
    const at = pair.lastIndexOf("=");
    const role = roles.find((name) => name === pair.slice(at + 1).trim());
    const group = pair.slice(0, Math.max(at, 0)).trim();
    if (role !== undefined && group !== "") return { group, role };
    context.addIssue({ code: "custom", message: `must be group=role pairs, the roles ${roles.join(", ")}` });
    return z.NEVER;
  }),
);

/** Sign-in at an OpenID Connect issuer; off without an issuer. */
export const oidcVariables = {
  HEDDLE_OIDC_ISSUER: issuer.optional(),
  HEDDLE_OIDC_CLIENT_ID: z.string().optional(),
  HEDDLE_OIDC_CLIENT_SECRET: z.string().optional(),
  HEDDLE_OIDC_NAME: z.string().max(40).default("single sign-on"),
  HEDDLE_OIDC_SCOPES: z.string().default("openid email profile"),
  HEDDLE_OIDC_DOMAINS: z
    .string()
    .default("")
    .transform((text) => words(text.toLowerCase())),
  HEDDLE_OIDC_WORKSPACE: z.string().optional(),
  HEDDLE_OIDC_ROLE: z.enum(roles).default("member"),
  HEDDLE_OIDC_ROLE_CLAIM: z.string().optional(),
  HEDDLE_OIDC_ROLES: groupRoles.default([]),
};

type Variables = z.output<z.ZodObject<typeof oidcVariables>>;

/** What is missing beside what is set, by the name of its variable. */
export function oidcFault(set: Variables): { variable: keyof Variables; message: string } | null {
  if (set.HEDDLE_OIDC_ISSUER !== undefined && set.HEDDLE_OIDC_CLIENT_ID === undefined) {
    return { variable: "HEDDLE_OIDC_CLIENT_ID", message: "must be set with HEDDLE_OIDC_ISSUER" };
  }
  if (set.HEDDLE_OIDC_ROLE_CLAIM !== undefined && set.HEDDLE_OIDC_ROLES.length === 0) {
    return { variable: "HEDDLE_OIDC_ROLES", message: "must be set with HEDDLE_OIDC_ROLE_CLAIM" };
  }
  return null;
}
