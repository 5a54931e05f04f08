import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Writable } from "node:stream";
import { SandboxUnavailable } from "./errors.ts";
import { nodeMounts, nodeOutsideUsr, ownFiles, systemMounts } from "./mounts.ts";
import { socketsInside } from "./network/bridge-source.ts";
import type { RunnerProcess } from "./runner.ts";
import { runnerSource } from "./runner-source.ts";
import { seccompFilter } from "./seccomp.ts";
import { inside } from "./types.ts";

export type LaunchOptions = {
  /** Host paths of the folders that the sandbox sees. */
  tree: string;
  home: string;
  tmp: string;
  upstreamObjects: string;
  sockets: string;
  /** User to become first; `null` stays the one that Heddle runs as. */
  userId: number | null;
  /** `cgroup.procs` files to enter. */
  cgroups: readonly string[];
  /** Folders in which bwrap and its helpers are looked for. */
  programFolders?: readonly string[];
  /** The most processes at once. */
  processes: number;
  /** The most bytes that one file may have. */
  diskBytes: number;
};

/** `data` is what bwrap reads from the descriptors 3, 4, … */
type Command = { argv: string[]; data: (string | Buffer)[]; env: Record<string, string> };

const runnerPath = "/heddle/runner";
const usualFolders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
const firstFileDescriptor = 3;
const sharedMemoryBytes = 256 * 1024 * 1024;
/** The name that the user has inside, whatever its id on the host. */
const insideId = "1000";

const enterScript = `set -eu
while [ "$1" != -- ]; do echo $$ > "$1"; shift; done
shift
exec "$@"
`;

/**
 * Run as root in a mount namespace of its own: shows the folders below a stage that the thread's user
 * may traverse (the way to their own places may be closed to it), becomes that user, starts bwrap.
 */
const stageScript = `set -eu
stage=$1 user=$2; shift 2
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
export function launch(options: LaunchOptions): { child: RunnerProcess; env: Record<string, string> } {
  const command = sandboxCommand(options);
  return { child: spawnRunner(command), env: command.env };
}

function spawnRunner({ argv, data }: Command): RunnerProcess {
  const [file = "", ...args] = argv;
  // A group of its own: Ctrl-C in Heddle's terminal must not end a command before Heddle has recorded it.
  const child = spawn(file, args, {
    cwd: "/",
    env: {},
    detached: true,
    stdio: ["pipe", "pipe", "pipe", ...data.map(() => "pipe" as const)],
  });
  // So Node answers when it cannot even make the pipes.
  if (child.stdin === undefined) {
    child.on("error", () => {});
    throw new SandboxUnavailable("This process has too many files open to start a sandbox.");
  }
  data.forEach((content, index) => {
    const pipe = child.stdio[firstFileDescriptor + index] as Writable | null | undefined;
    pipe?.on("error", () => {});
    pipe?.end(content);
  });
  return child as RunnerProcess;
}

function sandboxCommand(options: LaunchOptions): Command {
  const { userId } = options;
  const program = (name: string) => findProgram(name, options.programFolders ?? usualFolders);
  const node = nodeOutsideUsr();
  const { tree, home, tmp, upstreamObjects, sockets } = options;
  const shown = [tree, home, tmp, upstreamObjects, sockets, node?.binary ?? "/usr"];
  const stage = userId === null ? null : stageFor(shown);
  const staged: string[] = [];
  const source = (path: string) => (stage === null ? path : `${stage}/${staged.push(path) - 1}`);

  const files = [...ownFiles, { path: runnerPath, text: runnerSource }];
  const filter = seccompFilter();
  const data = [...files.map(({ text }) => text), ...(filter === null ? [] : [filter])];
  const bwrap = [
    program("bwrap"),
    ...["--unshare-all", "--unshare-user", "--disable-userns", "--as-pid-1", "--cap-drop", "ALL"],
    ...["--die-with-parent", "--new-session", "--clearenv"],
    ...["--uid", insideId, "--gid", insideId, "--hostname", "heddle", "--chdir", "/"],
    ...(filter === null ? [] : ["--seccomp", String(firstFileDescriptor + files.length)]),
    ...systemMounts(),
    ...files.flatMap(({ path }, index) => ["--ro-bind-data", String(firstFileDescriptor + index), path]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...["--size", String(sharedMemoryBytes), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
    ...["--bind", source(tmp), "/tmp", "--symlink", "/tmp", "/var/tmp", "--dir", "/run"],
    ...["--bind", source(home), inside.home, "--bind", source(tree), inside.worktree],
    ...["--ro-bind", source(upstreamObjects), inside.upstreamObjects, "--ro-bind", source(sockets), socketsInside],
    ...(node === null ? [] : nodeMounts(node, source)),
    ...["--remount-ro", "/", "--", "/usr/bin/perl", runnerPath, String(options.processes), String(options.diskBytes)],
  ];

  let argv = bwrap;
  if (stage !== null) {
    const privately = [program("unshare"), "--mount", "--propagation", "private", "--"];
    const staging = [program("sh"), "-c", stageScript, "heddle-stage", stage, String(userId), ...staged, "--"];
    argv = [...privately, ...staging, ...bwrap];
  }
  if (options.cgroups.length > 0) {
    argv = [program("sh"), "-c", enterScript, "heddle-enter", ...options.cgroups, "--", ...argv];
  }
  return { argv, data, env: environment(node === null ? [] : ["/opt/node/bin"]) };
}

function environment(firstOnPath: readonly string[]): Record<string, string> {
  return {
    PATH: [...firstOnPath, "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
    HOME: inside.home,
    USER: "agent",
    LOGNAME: "agent",
    SHELL: "/bin/bash",
    LANG: "C.UTF-8",
    TERM: "dumb",
  };
}

/** A folder that exists everywhere and hides none of the given paths when something is mounted on it. */
function stageFor(paths: readonly string[]): string {
  const hides = (stage: string) => paths.some((path) => path === stage || path.startsWith(`${stage}/`));
  const free = ["/mnt", "/srv", "/media", "/opt"].find((path) => isAccessible(path, constants.F_OK) && !hides(path));
  if (free !== undefined) return free;
  throw new SandboxUnavailable("None of the folders /mnt, /srv, /media and /opt is free to prepare the sandbox in.");
}

/** @throws SandboxUnavailable when the host lacks the program */
function findProgram(name: string, folders: readonly string[]): string {
  const found = folders.map((folder) => join(folder, name)).find((path) => isAccessible(path, constants.X_OK));
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
