import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { shellEnv } from "./env.ts";

const run = promisify(execFile);

/** git as a person's own client, without their configuration. @returns what it printed */
export async function git(cwd: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const neutral = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_TERMINAL_PROMPT: "0" };
  const { stdout } = await run("git", args, { cwd, env: { ...shellEnv, ...neutral, ...env } });
  return stdout;
}

/** A repository with one commit that holds these files. */
export async function makeRepository(dir: string, branch: string, files: Record<string, string>): Promise<void> {
  await mkdir(dir, { recursive: true });
  await git(dir, ["init", "--quiet", "-b", branch]);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.test"];
  await git(dir, ["add", "--all"]);
  await git(dir, [...identity, "commit", "--quiet", "-m", "Begin"]);
}

/** For git: answers its questions with any user name and this token. */
export async function askpass(dir: string, token: string): Promise<Record<string, string>> {
  const program = join(dir, "askpass.sh");
  const script = '#!/bin/sh\ncase "$1" in Username*) echo anyone ;; *) echo "$HEDDLE_TOKEN" ;; esac\n';
  await writeFile(program, script, { mode: 0o755 });
  return { GIT_ASKPASS: program, HEDDLE_TOKEN: token };
}
