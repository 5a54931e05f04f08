import { execFile } from "node:child_process";
import { promisify } from "node:util";

const identity = {
  GIT_AUTHOR_NAME: "T",
  GIT_AUTHOR_EMAIL: "t@example.test",
  GIT_COMMITTER_NAME: "T",
  GIT_COMMITTER_EMAIL: "t@example.test",
};

const isolated = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
};

/**
 * Runs the real git, beside this process: the server that it talks to may be here.
 * @returns what it printed, without its end
 */
export async function git(
  args: readonly string[],
  options: { input?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const env = { ...isolated, ...identity, ...options.env } as unknown as NodeJS.ProcessEnv;
  const running = promisify(execFile)("git", args, { env, maxBuffer: 64 * 1024 * 1024 });
  // A git that reads no input may be gone already.
  running.child.stdin?.on("error", () => undefined).end(options.input ?? "");
  return (await running).stdout.trimEnd();
}

/** A repository with one commit on `main`, and what belongs to it on demand. @returns its path */
export async function makeRepository(
  path: string,
  options: { commit?: boolean; worktree?: string; bare?: string } = {},
): Promise<string> {
  await git(["init", "--quiet", "--initial-branch=main", path]);
  if (options.commit !== false) await git(["-C", path, "commit", "--quiet", "--allow-empty", "--message=first"]);
  if (options.worktree) await git(["-C", path, "worktree", "add", "--quiet", options.worktree]);
  if (options.bare) await git(["clone", "--quiet", "--bare", path, options.bare]);
  return path;
}
