import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

/** The commits whose homes are kept here. */
export function oldHomes(): string[] {
  return readdirSync(import.meta.dirname).flatMap((name) => /^(\w+)\.tar\.br$/.exec(name)?.[1] ?? []);
}

/** Lays out the home of a commit as it lay on its own disk. */
export function unpackOldHome(commit: string, dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const tar = brotliDecompressSync(readFileSync(join(import.meta.dirname, `${commit}.tar.br`)));
  execFileSync("tar", ["-C", dir, "--no-same-owner", "--preserve-permissions", "-xf", "-"], { input: tar });
  const worktrees = join(dir, "worktrees");
  for (const threadId of readdirSync(worktrees)) keepMark(join(worktrees, threadId));
}

/** The mark of a complete worktree names its folder, which has another number here. */
function keepMark(dir: string): void {
  const mark = join(dir, "prepared");
  const [, ...rest] = readFileSync(mark, "utf8").trimEnd().split(" ");
  const { dev, ino } = statSync(join(dir, "tree"));
  writeFileSync(mark, `${[`${dev}:${ino}`, ...rest].join(" ")}\n`);
}
