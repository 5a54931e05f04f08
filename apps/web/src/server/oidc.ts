import type { Admission, ClaimedRole, Claims } from "@heddle/db/identities";
import { cleanText } from "@heddle/db/text";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { z } from "zod";
import type { Env } from "../env.ts";

export const oidcId = "oidc";

/** The most that a name may have, as where people write theirs. */
const maxNameChars = 100;

const profile = z.looseObject({
  sub: z.string().min(1).max(1_000),
  email: z.email().optional().catch(undefined),
  email_verified: z.unknown(),
  name: z.string().optional().catch(undefined),
  preferred_username: z.string().optional().catch(undefined),
});
type Profile = z.output<typeof profile>;

/** The name of the issuer that people can sign in at; null for none. */
export function oidcName(env: Env): string | null {
  return env.HEDDLE_OIDC_ISSUER === undefined ? null : env.HEDDLE_OIDC_NAME;
}

/** The issuer as next-auth has it: authorization code with PKCE, state and nonce; the ID token is checked. */
export function oidcProviders(env: Env): OAuthConfig<Profile>[] {
  const { HEDDLE_OIDC_ISSUER: issuer, HEDDLE_OIDC_CLIENT_SECRET: clientSecret } = env;
  if (issuer === undefined) return [];
  return [
    {
      id: oidcId,
      name: env.HEDDLE_OIDC_NAME,
      type: "oauth",
      wellKnown: `${issuer}/.well-known/openid-configuration`,
      clientId: env.HEDDLE_OIDC_CLIENT_ID,
      clientSecret,
      client: { token_endpoint_auth_method: clientSecret === undefined ? "none" : "client_secret_basic" },
      authorization: { params: { scope: env.HEDDLE_OIDC_SCOPES } },
      idToken: true,
      checks: ["pkce", "state", "nonce"],
      httpOptions: { timeout: 10_000 },
      userinfo: {
        // Many issuers put no more than the subject into the ID token.
        async request({ client, tokens }) {
          const told = client.issuer.metadata.userinfo_endpoint ? await client.userinfo(tokens as never) : {};
          return merged(told, (tokens as { claims(): Record<string, unknown> }).claims());
        },
      },
      profile: (given) => ({ id: profile.parse(given).sub }),
    },
  ];
}

/** The ID token goes before; an address and whether it is verified are taken from the same of the two. */
function merged(told: Record<string, unknown>, token: Record<string, unknown>): Profile {
  const { email, email_verified } = token.email_verified === undefined ? told : token;
  return profile.parse({ ...told, ...token, email, email_verified });
}

/** What an issuer has said, as Heddle has it. */
export function claimsOf(env: Env, given: unknown): Claims {
  const said = profile.parse(given);
  const { sub: subject, email, email_verified: verified } = said;
  const name = cleanText(said.name ?? said.preferred_username ?? email?.split("@")[0] ?? "").trim();
  return {
    issuer: env.HEDDLE_OIDC_ISSUER ?? "",
    subject: cleanText(subject),
    email: email !== undefined && (verified === true || verified === "true") ? email.toLowerCase() : null,
    name: name.slice(0, maxNameChars) || "Unnamed",
    role: roleOf(env, said),
  };
}

/** A claim may be one value or several, and lie deeper: `realm_access.roles`. */
function roleOf(env: Env, said: Profile): ClaimedRole | null | undefined {
  const { HEDDLE_OIDC_ROLE_CLAIM: claim, HEDDLE_OIDC_ROLES: roles } = env;
  if (claim === undefined) return undefined;
  const groups = [said[claim] ?? claim.split(".").reduce<unknown>(member, said)].flat();
  return roles.find(({ group }) => groups.includes(group))?.role ?? null;
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** Who gets an account without an invitation. */
export function admissionOf(env: Env): Admission {
  return {
    domains: env.HEDDLE_OIDC_DOMAINS,
    role: env.HEDDLE_OIDC_ROLE,
    ...(env.HEDDLE_OIDC_WORKSPACE === undefined ? {} : { workspaceId: env.HEDDLE_OIDC_WORKSPACE }),
  };
}
