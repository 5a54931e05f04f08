import type { Remote } from "@heddle/agent/git/remote/remote";
import { loadSource } from "@heddle/db/remotes";
import type { Runtime } from "./runtime.ts";

export type SourceRuntime = Pick<Runtime, "db" | "secrets" | "env" | "log">;

/** Where git finds a project's repository: a folder, or a remote with its credential. @throws CREDENTIAL_LOST */
export async function projectSource({ db, secrets, env }: SourceRuntime, projectId: string): Promise<string | Remote> {
  const source = await loadSource(db, secrets, projectId);
  if (typeof source === "string") return source;
  const allowPrivate = (host: string) => env.HEDDLE_ALLOWED_PRIVATE_HOSTS.includes(host);
  return { ...source, allowPrivate, caFile: env.HEDDLE_GIT_CA_FILE };
}
