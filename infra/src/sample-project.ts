import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inheritedEnv } from "./env.ts";
import { runProgram } from "./run-program.ts";
import { sampleFiles, sampleImport } from "./sample-files.ts";
import { StartFailure } from "./start-failure.ts";

/**
 * Makes the sample project, a small git repository with two branches, unless it exists. One of its tests fails: there
 * is a bug to find.
 */
export async function ensureSampleProject(dir: string): Promise<void> {
  if (existsSync(dir)) return;
  await mkdir(dirname(dir), { recursive: true });
  const draft = await mkdtemp(`${dir}.new-`);
  try {
    await git(draft, "init", "--quiet", "--initial-branch=main");
    await commit(draft, sampleFiles, "Keep a shopping list and print its receipt");
    await git(draft, "switch", "--quiet", "--create", "import-csv");
    await commit(draft, sampleImport, "Read a shopping list from CSV");
    await git(draft, "switch", "--quiet", "main");
    await rename(draft, dir);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function commit(dir: string, files: Record<string, string>, message: string): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  await git(dir, "add", "--all");
  await git(dir, "commit", "--quiet", "--message", message);
}

async function git(dir: string, ...args: string[]): Promise<void> {
  const author = { name: "Heddle", email: "heddle@localhost" };
  const env = {
    ...inheritedEnv(),
    // A person's own git settings (hooks, signing, templates) have no say here.
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
  };
  const { ok, output } = await runProgram("git", args, { env, cwd: dir, timeoutMs: 30_000 });
  if (!ok) throw new StartFailure(`the sample project could not be made: git ${args[0]} said: ${output.trim()}`);
}
