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
  const url = typeof body === "object" && body !== null && "url" in body ? String(body.url) : "";
  const code = URL.canParse(url, location.origin) ? new URL(url, location.origin).searchParams.get("error") : null;
  return errorTable[isErrorCode(code) ? code : "INTERNAL"].message;
}
