import { AppError } from "@heddle/db/errors";
import { type Principal, projectScope, threadScope } from "@heddle/db/scope";
import { authenticateSession } from "@heddle/db/sessions";
import { listWorkspaces } from "@heddle/db/workspaces";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { workspaceCookie } from "../features/workspaces/workspace-cookie.ts";
import { sessionIdOf } from "../server/authenticate.ts";
import { requestInfo } from "../server/request-info.ts";
import { runtime } from "../server/runtime.ts";

type Query = Record<string, string | string[] | undefined>;

/** Who asks for a page; `null` without a session. What a page may show is decided by each of its calls. */
const signedInAs = cache(async (): Promise<Principal | null> => {
  const own = runtime();
  const given = await headers();
  const sessionId = await sessionIdOf(own, given.get("cookie"));
  if (sessionId === null) return null;
  const { ip, requestId } = requestInfo(given);
  return authenticateSession(own.db, sessionId, { ip, requestId });
});

export async function isSignedIn(): Promise<boolean> {
  return (await signedInAs()) !== null;
}

/**
 * The workspace that a page is about: the one that this browser has entered last, else the first that was joined.
 * @returns `null` for who belongs to none (any more), `undefined` without a session
 */
export const currentWorkspaceId = cache(async (): Promise<string | null | undefined> => {
  const principal = await signedInAs();
  if (principal === null) return undefined;
  const joined = await listWorkspaces({ db: runtime().db, principal });
  const entered = (await cookies()).get(workspaceCookie)?.value;
  return (joined.find(({ id }) => id === entered) ?? joined[0])?.id ?? null;
});

/** For a link into another workspace of the reader than the current one: which that is. `null` otherwise. */
export async function otherWorkspaceOf(place: { threadId: string } | { projectId: string }): Promise<string | null> {
  const principal = await signedInAs();
  if (principal === null) return null;
  const { db } = runtime();
  const scope =
    "threadId" in place
      ? threadScope(db, principal, place.threadId, "thread.read")
      : projectScope(db, principal, place.projectId, "project.read");
  const { workspaceId } = await scope.catch(outOfReach);
  return workspaceId === (await currentWorkspaceId()) ? null : workspaceId;
}

/** The page itself says so. */
function outOfReach(error: unknown): { workspaceId: null } {
  if (error instanceof AppError && error.code === "NOT_FOUND") return { workspaceId: null };
  throw error;
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
