import { authenticateSession } from "@heddle/db/sessions";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { sessionIdOf } from "../server/authenticate.ts";
import { requestInfo } from "../server/request-info.ts";
import { runtime } from "../server/runtime.ts";

type Query = Record<string, string | string[] | undefined>;

/** Whether the request comes from a signed-in browser. What a page may show is decided by each of its calls. */
export async function isSignedIn(): Promise<boolean> {
  const own = runtime();
  const given = await headers();
  const sessionId = await sessionIdOf(own, given.get("cookie"));
  if (sessionId === null) return false;
  const { ip, requestId } = requestInfo(given);
  return (await authenticateSession(own.db, sessionId, { ip, requestId })) !== null;
}

/** Sends a stranger to the sign-in page, and back to `path` afterwards. */
export async function requireSession(path: string, searchParams?: Promise<Query>): Promise<void> {
  if (await isSignedIn()) return;
  const pairs = Object.entries((await searchParams) ?? {}).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => [name, one]),
  );
  const query = new URLSearchParams(pairs).toString();
  redirect(`/sign-in?from=${encodeURIComponent(query ? `${path}?${query}` : path)}`);
}
