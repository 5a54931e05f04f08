import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createCgroups } from "./cgroup.ts";
import { SandboxLost, SandboxUnavailable } from "./errors.ts";
import { hostUserIdOf, runsAsRoot } from "./host-user.ts";
import { launch } from "./launch.ts";
import { createLimitWatch } from "./limits/limit-watch.ts";
import { createLimitedCommands, type LimitedCommands } from "./limits/limited-commands.ts";
import { internet, type Outside } from "./network/outside.ts";
import { withNetwork } from "./network/with-network.ts";
import { connectRunner, type Runner } from "./runner.ts";
import type { Sandbox, SandboxSpec } from "./types.ts";
import { prepareFolders } from "./worktree-folders.ts";

export type SandboxLimits = {
  /** The most processes and threads that a thread's commands may have at once. */
  processes: number;
  /** Memory of a thread's commands together: held by a control group where `cgroups` is given, else by a watch. */
  memoryBytes: number;
  /** What a thread's folders may take on disk, and how large a single file may grow. */
  diskBytes: number;
  /** The most files and folders in them. */
  files: number;
  /** Space of the file system that threads never use up. */
  diskReserveBytes: number;
};

export type SandboxesOptions = {
  homeDir: string;
  limits?: Partial<SandboxLimits>;
  /** A sandbox in which nothing ran for so long is ended; the next command starts it again. */
  idleMs?: number;
  /** Control groups delegated to Heddle, below which each thread gets its own: one folder for v2, one per controller for v1. */
  cgroups?: readonly string[];
  /** Folders in which bwrap and its helpers are looked for, instead of the usual ones. */
  programFolders?: readonly string[];
  /** How the world is reached, instead of by this machine's name servers and network. */
  outside?: Outside;
};

export type Sandboxes = {
  /**
   * The thread's sandbox, started unless it runs already; one per thread, shared by all callers. One that got lost is
   * started again by the next command.
   *
   * @throws SandboxUnavailable when this host cannot run one
   */
  open(spec: SandboxSpec): Promise<Sandbox>;
  /** Ends the thread's sandbox with everything in it, if it runs. */
  close(threadId: string): Promise<void>;
  closeAll(): Promise<void>;
};

const gibi = 2 ** 30;
const defaultLimits: SandboxLimits = {
  processes: 512,
  memoryBytes: 4 * gibi,
  diskBytes: 10 * gibi,
  files: 1_000_000,
  diskReserveBytes: gibi,
};
const defaultIdleMs = 10 * 60_000;
const mostEndingMs = 5_000;

type Entry = { sandbox: Sandbox; start(): Promise<Runner> };

/** Keeps the sandboxes of this process: each is one long-lived bwrap that ends with this process at the latest. */
export function createSandboxes(options: SandboxesOptions): Sandboxes {
  const entries = new Map<string, Entry>();
  const limits = { ...defaultLimits, ...options.limits };
  const idleMs = options.idleMs ?? defaultIdleMs;
  const outside = options.outside ?? internet;
  const watch = createLimitWatch(options.homeDir, limits);
  /** Threads whose sandbox has not ended yet, or has left something that is about to be removed. */
  const ending = new Map<string, Promise<void>>();

  const startRunner = async (spec: SandboxSpec, commands: LimitedCommands): Promise<Runner> => {
    // Two would be in each other's way: they have the same folders, sockets and control groups.
    await Promise.race([ending.get(spec.threadId), sleep(mostEndingMs, undefined, { ref: false })]);
    const userId = runsAsRoot() ? await hostUserIdOf(spec.threadId) : null;
    const folders = await prepareFolders(options.homeDir, spec, userId);
    const cgroups = await createCgroups(options.cgroups ?? [], spec.threadId, limits);
    const oomKills = await cgroups.oomKills();
    const { programFolders } = options;
    const { child, env } = launch({ ...folders, ...limits, userId, cgroups: cgroups.enter, programFolders });
    const ended = once(child, "close").then(cgroups.remove, cgroups.remove);
    ending.set(spec.threadId, ended);
    void ended.then(() => ending.get(spec.threadId) === ended && ending.delete(spec.threadId));
    commands.started({ pid: child.pid, killsBefore: oomKills, oomKills: cgroups.oomKills });
    const runner = await connectRunner(child, env);
    if (spec.network === undefined) return runner;
    return withNetwork(runner, { socketsDir: folders.sockets, userId, policy: spec.network, outside });
  };

  const createEntry = (spec: SandboxSpec): Entry => {
    const commands = createLimitedCommands(watch, spec.worktreeDir);
    let runner: Promise<Runner> | null = null;
    let closed = false;
    let active = 0;
    let idleTimer: NodeJS.Timeout | undefined;

    const stop = async () => {
      clearTimeout(idleTimer);
      const stopping = runner;
      runner = null;
      await (await stopping?.catch(() => null))?.close();
    };
    const start = (): Promise<Runner> => {
      if (closed) return Promise.reject(new SandboxLost("the sandbox was closed"));
      const previous = runner?.catch(() => null) ?? Promise.resolve(null);
      runner = previous.then((current) => (current && !current.isLost() ? current : startRunner(spec, commands)));
      return runner;
    };
    const sandbox: Sandbox = {
      threadId: spec.threadId,
      exec: async (request) => {
        active += 1;
        clearTimeout(idleTimer);
        try {
          const current = await start();
          return await commands.run(request, current.exec);
        } finally {
          active -= 1;
          if (active === 0 && !closed) idleTimer = setTimeout(stop, idleMs).unref();
        }
      },
      close: async () => {
        closed = true;
        entries.delete(spec.threadId);
        await stop();
      },
    };
    return { sandbox, start };
  };

  return {
    open: async (spec) => {
      const entry = entries.get(spec.threadId) ?? createEntry(spec);
      entries.set(spec.threadId, entry);
      await entry.start();
      return entry.sandbox;
    },
    close: async (threadId) => entries.get(threadId)?.sandbox.close(),
    closeAll: async () => {
      await Promise.all([...entries.values()].map((entry) => entry.sandbox.close()));
    },
  };
}

export type Availability = { ok: true } | { ok: false; reason: string };

/** Starts a sandbox and runs `true` in it. When that fails, `reason` is one sentence for people; commands are then to be refused. */
export async function sandboxAvailable(options: Partial<SandboxesOptions> = {}): Promise<Availability> {
  const folder = await mkdtemp(join(options.homeDir ?? tmpdir(), "sandbox-check-"));
  const sandboxes = createSandboxes({ ...options, homeDir: folder });
  try {
    await mkdir(join(folder, "upstream/objects"), { recursive: true });
    const spec = { threadId: "check", worktreeDir: join(folder, "thread"), upstreamDir: join(folder, "upstream") };
    const sandbox = await sandboxes.open(spec);
    const { exitCode } = await sandbox.exec({ argv: ["true"] });
    return exitCode === 0 ? { ok: true } : { ok: false, reason: "The sandbox starts but does not run commands." };
  } catch (error) {
    if (error instanceof SandboxUnavailable) return { ok: false, reason: error.message };
    throw error;
  } finally {
    await sandboxes.closeAll();
    await rm(folder, { recursive: true, force: true });
  }
}
