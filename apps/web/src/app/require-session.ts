import type { Principal } from "@heddle/db/scope";
import { authenticateSession } from "@heddle/db/sessions";
import { listWorkspaces } from "@heddle/db/workspaces";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { sessionIdOf } from "../server/authenticate.ts";
import { requestInfo } from "../server/request-info.ts";
import { runtime } from "../server/runtime.ts";

type Query = Record<string, string | string[] | undefined>;

/** Who asks for a page; `null` without a session. What a page may show is decided by each of its calls. */
async function signedInAs(): Promise<Principal | null> {
  const own = runtime();
  const given = await headers();
  const sessionId = await sessionIdOf(own, given.get("cookie"));
  if (sessionId === null) return null;
  const { ip, requestId } = requestInfo(given);
  return authenticateSession(own.db, sessionId, { ip, requestId });
}

export async function isSignedIn(): Promise<boolean> {
  return (await signedInAs()) !== null;
}

/** Whether somebody is signed in who belongs to no workspace (any more), and so can open no page of one. */
export async function hasNoWorkspace(): Promise<boolean> {
  const principal = await signedInAs();
  return principal !== null && (await listWorkspaces({ db: runtime().db, principal })).length === 0;
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
