import { AppError } from "@heddle/db/errors";
import { linkIdentity, signInByIdentity } from "@heddle/db/identities";
import { authenticateSession } from "@heddle/db/sessions";
import { admissionOf, claimsOf } from "./oidc.ts";
import type { RequestInfo } from "./request-info.ts";
import type { Runtime } from "./runtime.ts";
import type { SignInIntent } from "./sign-in-intent.ts";

/** Who comes back from the issuer: from where, in which session, and what they wanted there. */
export type Arrival = { from: RequestInfo; sessionId: string | null; intent: SignInIntent };

/**
 * What becomes of somebody whom the issuer has sent back: a session, or their account linked to the issuer's person.
 * @param profile what the issuer has said, its signature checked
 * @returns the id of the session that they have from now on
 * @throws AppError with a code of sign-in at an issuer
 */
export async function arrive(
  runtime: Runtime,
  profile: unknown,
  { from, sessionId, intent }: Arrival,
): Promise<string> {
  const { db, env } = runtime;
  const claims = claimsOf(env, profile);
  if (intent.link === undefined) {
    const session = await signInByIdentity(db, claims, admissionOf(env), {
      ...from,
      invitation: intent.invitation ?? null,
    });
    return session.sessionId;
  }
  // Signed out meanwhile, or as somebody else: whose account it would be is no longer what they have agreed to.
  const principal = intent.link === sessionId ? await authenticateSession(db, intent.link, from) : null;
  if (!principal) throw new AppError("UNAUTHENTICATED");
  await linkIdentity({ db, principal }, claims);
  return intent.link;
}
