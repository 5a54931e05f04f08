import { runGit } from "./run.ts";

/** A file of a commit as text; null when the commit has no such file. Bytes that are no UTF-8 are replaced. */
export async function readTextFile(gitDir: string, commit: string, path: string): Promise<string | null> {
  const { exitCode, stdout } = await runGit(gitDir, ["cat-file", "blob", `${commit}:${path}`], { okCodes: [0, 128] });
  return exitCode === 0 ? stdout.toString("utf8") : null;
}
