import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { SandboxUnavailable } from "./errors.ts";
import { nodeOutsideUsr, ownFiles, systemMounts } from "./mounts.ts";
import { runnerSource } from "./runner-source.ts";
import { inside } from "./types.ts";

export type LaunchOptions = {
  /** Host paths of the folders that the sandbox sees. */
  tree: string;
  home: string;
  tmp: string;
  upstreamObjects: string;
  /** User to become first; `null` stays the one that Heddle runs as. */
  userId: number | null;
  /** `cgroup.procs` files to enter. */
  cgroups: readonly string[];
  /** The most processes at once. */
  processes: number;
};

type Command = { argv: string[]; files: { path: string; text: string }[]; env: Record<string, string> };

const runnerPath = "/heddle/runner";
const firstFileDescriptor = 3;
const sharedMemoryBytes = 256 * 1024 * 1024;
/** The name that the user has inside, whatever its id on the host. */
const insideId = "1000";

/**
 * Run as root in a mount namespace of its own: enters the cgroups, shows the folders below a stage that the thread's user
 * may traverse (the way to their own places may be closed to it), becomes that user, starts bwrap.
 */
const stageScript = `set -eu
stage=$1 user=$2; shift 2
while [ "$1" != -- ]; do echo $$ > "$1"; shift; done; shift
mount -t tmpfs -o mode=755,size=1m heddle "$stage"
n=0
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir "$stage/$n"; else : > "$stage/$n"; fi
  mount --bind "$1" "$stage/$n"
  n=$((n + 1)); shift
done
shift
exec setpriv --reuid "$user" --regid "$user" --clear-groups -- "$@"
`;

/** Starts bwrap with the runner in it. The environment is empty, so nothing of Heddle's own is to be found inside. */
export function launch(options: LaunchOptions): { child: ReturnType<typeof spawnRunner>; env: Record<string, string> } {
  const command = sandboxCommand(options);
  return { child: spawnRunner(command), env: command.env };
}

function spawnRunner({ argv, files }: Command) {
  const [file = "", ...args] = argv;
  // A group of its own: Ctrl-C in Heddle's terminal must not end a command before Heddle has recorded it.
  const child = spawn(file, args, {
    cwd: "/",
    env: {},
    detached: true,
    stdio: ["pipe", "pipe", "pipe", ...files.map(() => "pipe" as const)],
  });
  files.forEach(({ text }, index) => {
    const pipe = child.stdio[firstFileDescriptor + index] as Writable | null | undefined;
    pipe?.on("error", () => {});
    pipe?.end(text);
  });
  return child as ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable };
}

function sandboxCommand(options: LaunchOptions): Command {
  const { userId } = options;
  const stage = userId === null ? null : stageFor([options.tree, options.home, options.tmp, options.upstreamObjects]);
  const staged: string[] = [];
  const source = (path: string) => (stage === null ? path : `${stage}/${staged.push(path) - 1}`);

  const node = nodeOutsideUsr();
  const files = [...ownFiles, { path: runnerPath, text: runnerSource }];
  const bwrap = [
    findProgram("bwrap"),
    ...["--unshare-all", "--unshare-user", "--disable-userns", "--as-pid-1", "--cap-drop", "ALL"],
    ...["--die-with-parent", "--new-session", "--clearenv"],
    ...["--uid", insideId, "--gid", insideId, "--hostname", "heddle", "--chdir", "/"],
    ...systemMounts(),
    ...files.flatMap(({ path }, index) => ["--ro-bind-data", String(firstFileDescriptor + index), path]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...["--size", String(sharedMemoryBytes), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
    ...["--bind", source(options.tmp), "/tmp", "--symlink", "/tmp", "/var/tmp", "--dir", "/run"],
    ...["--bind", source(options.home), inside.home, "--bind", source(options.tree), inside.worktree],
    ...["--ro-bind", source(options.upstreamObjects), inside.upstreamObjects],
    ...(node === null ? [] : ["--ro-bind", source(node.binary), "/opt/node/bin/node"]),
    ...(node?.npm ? ["--ro-bind", source(node.npm), "/opt/node/lib/node_modules/npm"] : []),
    ...(node?.npm
      ? ["npm", "npx"].flatMap((name) => [
          "--symlink",
          `../lib/node_modules/npm/bin/${name}-cli.js`,
          `/opt/node/bin/${name}`,
        ])
      : []),
    ...["--remount-ro", "/", "--", "/usr/bin/perl", runnerPath, String(options.processes)],
  ];

  const path = [node === null ? [] : ["/opt/node/bin"], "/usr/local/bin", "/usr/bin", "/bin"].flat().join(delimiter);
  const env = {
    PATH: path,
    HOME: inside.home,
    USER: "agent",
    LOGNAME: "agent",
    SHELL: "/bin/bash",
    LANG: "C.UTF-8",
    TERM: "dumb",
  };
  if (stage === null) return { argv: bwrap, files, env };
  const asRoot = [
    findProgram("unshare"),
    "--mount",
    "--propagation",
    "private",
    "--",
    findProgram("sh"),
    "-c",
    stageScript,
  ];
  const argv = [...asRoot, "heddle-stage", stage, String(userId), ...options.cgroups, "--", ...staged, "--", ...bwrap];
  return { argv, files, env };
}

/** A folder that exists everywhere and hides none of the given paths when something is mounted on it. */
function stageFor(paths: readonly string[]): string {
  const free = ["/mnt", "/srv", "/media", "/opt"].find((stage) => {
    return isAccessible(stage, constants.F_OK) && !paths.some((path) => path === stage || path.startsWith(`${stage}/`));
  });
  if (free === undefined)
    throw new SandboxUnavailable("None of /mnt, /srv, /media and /opt is free to prepare the sandbox in.");
  return free;
}

/** @throws SandboxUnavailable when the host lacks the program */
function findProgram(name: string): string {
  const found = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
    .map((folder) => join(folder, name))
    .find((path) => isAccessible(path, constants.X_OK));
  if (found !== undefined) return found;
  throw new SandboxUnavailable(
    name === "bwrap"
      ? "bubblewrap (the program bwrap) is not installed, so commands cannot be run safely."
      : `The program ${name} is not installed, so commands cannot be run safely.`,
  );
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
