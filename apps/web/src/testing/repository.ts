import { execFileSync } from "node:child_process";

const identity = {
  GIT_AUTHOR_NAME: "T",
  GIT_AUTHOR_EMAIL: "t@example.test",
  GIT_COMMITTER_NAME: "T",
  GIT_COMMITTER_EMAIL: "t@example.test",
};

/** Runs the real git. @returns what it printed, without its end */
export function git(args: readonly string[], env: Record<string, string> = {}): string {
  const isolated = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
  };
  const options = { env: { ...isolated, ...identity, ...env } as unknown as NodeJS.ProcessEnv, stdio: "pipe" as const };
  return execFileSync("git", args, options).toString().trimEnd();
}

/** A repository with one commit on `main`, and what belongs to it on demand. @returns its path */
export async function makeRepository(
  path: string,
  options: { commit?: boolean; worktree?: string; bare?: string } = {},
): Promise<string> {
  git(["init", "--quiet", "--initial-branch=main", path]);
  if (options.commit !== false) git(["-C", path, "commit", "--quiet", "--allow-empty", "--message=first"]);
  if (options.worktree) git(["-C", path, "worktree", "add", "--quiet", options.worktree]);
  if (options.bare) git(["clone", "--quiet", "--bare", path, options.bare]);
  return path;
}
