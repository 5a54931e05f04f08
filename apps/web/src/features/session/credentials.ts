import { errorTable, isErrorCode } from "@heddle/db/errors";

const offline = "Heddle cannot be reached. Check your connection and try again.";

export type SignInAnswer = { ok: true } | { ok: false; message: string };

/** Signs this browser in through next-auth's own addresses. Never throws. */
export async function signIn(credentials: { email: string; password: string }): Promise<SignInAnswer> {
  try {
    const answer = await post("/api/auth/callback/credentials", { ...credentials, callbackUrl: location.origin });
    if (answer.ok) return { ok: true };
    return { ok: false, message: refusal(await answer.json().catch(() => null)) };
  } catch {
    return { ok: false, message: offline };
  }
}

/** What somebody wants of the issuer besides signing in. */
export type Elsewhere = {
  /** Where to go afterwards, as a path. */
  path: string;
  /** To take an invitation, by its secret. */
  invitation?: string;
  /** To have the issuer's person sign in to the present account from now on. */
  link?: boolean;
};

/** Leaves for the issuer. @returns why it cannot, as a sentence */
export async function signInElsewhere({ path, invitation, link }: Elsewhere): Promise<string | null> {
  try {
    const fields = { callbackUrl: path, ...(invitation ? { invitation } : {}), ...(link ? { link: "yes" } : {}) };
    const answer = await post("/api/auth/signin/oidc", fields);
    const body: unknown = await answer.json();
    if (!answer.ok || !hasUrl(body)) return refusal(body);
    location.assign(body.url);
    return null;
  } catch {
    return offline;
  }
}

const hasUrl = (body: unknown): body is { url: string } =>
  typeof body === "object" && body !== null && "url" in body && typeof body.url === "string";

/** Ends the session row and forgets the cookie. @throws when the server cannot be reached */
export async function signOut(): Promise<void> {
  const answer = await post("/api/auth/signout", { callbackUrl: location.origin });
  if (!answer.ok) throw new Error(offline);
}

async function post(path: string, fields: Record<string, string>): Promise<Response> {
  const { csrfToken } = (await (await fetch("/api/auth/csrf")).json()) as { csrfToken: string };
  return fetch(path, { method: "POST", body: new URLSearchParams({ ...fields, csrfToken, json: "true" }) });
}

/** next-auth names the reason in the query of the address it answers with. */
function refusal(body: unknown): string {
  const url = hasUrl(body) ? body.url : "";
  const code = URL.canParse(url, location.origin) ? new URL(url, location.origin).searchParams.get("error") : null;
  return errorTable[isErrorCode(code) ? code : "INTERNAL"].message;
}
