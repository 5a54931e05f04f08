import { type ChildProcessByStdio, spawn } from "node:child_process";
import { lstat, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { runsAsRoot } from "../sandbox/host-user.ts";
import { systemMounts } from "../sandbox/mounts.ts";

export type SourceView = {
  /** The project's folder: a checkout that belongs to whoever runs Heddle, or to another user of this host. */
  path: string;
  owner: { uid: number; gid: number };
  /** Where its `.git` leads when that is a file, as in a linked worktree. */
  gitDirs: readonly string[];
  /** Heddle's home, which is not shown should it lie in there. */
  homeDir: string;
};

export type SourceProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** A folder for what the program writes; gone with it. */
export const scratch = "/heddle";

const maxPointerBytes = 8_192;

/** @returns null when there is no such folder on this host */
export async function openSource(path: string, homeDir: string): Promise<SourceView | null> {
  const real = await realpath(path).catch(() => null);
  const info = real === null ? null : await stat(real);
  if (real === null || !info?.isDirectory()) return null;
  const gitDirs = await gitDirsOf(real);
  return { path: real, owner: { uid: info.uid, gid: info.gid }, gitDirs, homeDir: await realpath(homeDir) };
}

/**
 * Starts a program that sees the system and the project's folder, read-only, and nothing else of this host: whatever
 * the folder's links and settings lead to, it is not there. It has no network and no more rights than the folder's owner.
 * @param show `files` for the folder alone, `repository` for what its `.git` leads to as well
 */
export function spawnInSource(view: SourceView, show: "files" | "repository", argv: readonly string[]): SourceProcess {
  const shown = [view.path, ...(show === "repository" ? view.gitDirs : [])];
  const hidden = shown.some((path) => view.homeDir.startsWith(`${path}/`)) ? ["--tmpfs", view.homeDir] : [];
  const bwrap = [
    ...["bwrap", "--die-with-parent", "--new-session", "--cap-drop", "ALL"],
    ...["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"],
    ...systemMounts(),
    ...["--proc", "/proc", "--dev", "/dev", "--dir", scratch],
    ...shown.flatMap((path) => ["--ro-bind", path, path]),
    ...hidden,
    ...["--chdir", view.path, "--", ...argv],
  ];
  const { uid, gid } = view.owner;
  const asOwner = ["setpriv", "--reuid", String(uid), "--regid", String(gid), "--clear-groups", "--"];
  const [file = "", ...args] = runsAsRoot() ? [...asOwner, ...bwrap] : bwrap;
  return spawn(file, args, { cwd: "/", env, stdio: ["pipe", "pipe", "pipe"], detached: true });
}

const env = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_CONFIG_COUNT: "4",
  GIT_CONFIG_KEY_0: "safe.directory",
  GIT_CONFIG_VALUE_0: "*",
  GIT_CONFIG_KEY_1: "core.fsmonitor",
  GIT_CONFIG_VALUE_1: "false",
  GIT_CONFIG_KEY_2: "core.hooksPath",
  GIT_CONFIG_VALUE_2: "/dev/null",
  GIT_CONFIG_KEY_3: "protocol.allow",
  GIT_CONFIG_VALUE_3: "never",
} as unknown as NodeJS.ProcessEnv;

/** `.git` of a linked worktree names a folder, which names the one that all worktrees share. */
async function gitDirsOf(path: string): Promise<string[]> {
  const gitDir = await pointer(path, ".git", /^gitdir: (.+)$/m);
  if (gitDir === null) return [];
  const common = await pointer(gitDir, "commondir", /^(.+)$/m);
  return common === null ? [gitDir] : [common, gitDir];
}

async function pointer(dir: string, name: string, pattern: RegExp): Promise<string | null> {
  const file = join(dir, name);
  const info = await lstat(file).catch(() => null);
  if (!info?.isFile() || info.size > maxPointerBytes) return null;
  const [, found] = pattern.exec(await readFile(file, "utf8")) ?? [];
  if (found === undefined) return null;
  const target = isAbsolute(found) ? found : resolve(dir, found);
  return (await stat(target).catch(() => null))?.isDirectory() ? target : null;
}
