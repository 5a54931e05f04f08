import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { systemMounts } from "@heddle/agent/sandbox/mounts";
import { inheritedEnv } from "../env.ts";

const folderInside = "/folder";
/** Files that changed or vanished while they were read: what is copied is in use. */
const tarNoted = 1;

export class UnreadableFolder extends Error {}

export type FolderParts = {
  /** What to read, in this order. */
  names: readonly string[];
  /** Patterns of paths, from their beginning; `*` stands for slashes too. */
  except: readonly string[];
};

/**
 * A folder as a tar stream. It is read inside a sandbox that shows nothing else of this machine, because the links in
 * it may be an agent's, and change while they are followed.
 * @throws UnreadableFolder if it cannot be read whole
 */
export async function* readFolder(
  dir: string,
  { names, except }: FolderParts = { names: ["."], except: [] },
): AsyncGenerator<Buffer> {
  const format = ["--format=posix", "--pax-option=delete=atime,delete=ctime", "--mode=ug-s"];
  const quiet = ["--warning=no-file-changed", "--warning=no-file-removed", "--warning=no-file-ignored"];
  const skipped = ["--anchored", ...except.map((pattern) => `--exclude=${pattern}`)];
  const child = spawnTar("--ro-bind", dir, ["--create", "--file=-", ...format, ...quiet, ...skipped, "--", ...names]);
  child.stdin.end();
  const ended = endOf(child);
  ended.catch(() => undefined);
  for await (const chunk of child.stdout) yield chunk;
  await ended.catch((error: Error) => Promise.reject(new UnreadableFolder(error.message)));
}

export type FolderWriter = { write(chunk: Uint8Array): Promise<void>; end(): Promise<void> };

/** Fills a folder from such a stream, in the same seclusion; files belong to whoever runs this. */
export function writeFolder(dir: string): FolderWriter {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const child = spawnTar("--bind", dir, ["--extract", "--file=-", "--no-same-owner", "--preserve-permissions"]);
  child.stdout.resume();
  const ended = endOf(child);
  ended.catch(() => undefined);
  // Why it ended is told by `ended`.
  child.stdin.on("error", () => undefined);
  return {
    async write(chunk) {
      if (!child.stdin.write(chunk)) await Promise.race([once(child.stdin, "drain"), ended]);
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

function spawnTar(bind: "--bind" | "--ro-bind", dir: string, args: string[]) {
  // Root keeps its own user namespace: in another one it could not read what belongs to the users of threads.
  const apart =
    process.getuid?.() === 0 ? ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"] : ["--unshare-all"];
  return spawn(
    "bwrap",
    [
      ...apart,
      "--die-with-parent",
      ...systemMounts(),
      bind,
      dir,
      folderInside,
      "--chdir",
      folderInside,
      "tar",
      ...args,
    ],
    { env: { ...inheritedEnv(), LC_ALL: "C" }, stdio: ["pipe", "pipe", "pipe"] },
  );
}

async function endOf(child: ReturnType<typeof spawnTar>): Promise<void> {
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = (complaint + chunk).slice(-2_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0 && code !== tarNoted) throw new Error(complaint.trim() || `tar ended with ${code}`);
}
