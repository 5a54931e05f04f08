import type { ExecRequest, ExecResult, PassedLimit } from "../types.ts";
import type { LimitWatch, Watched } from "./limit-watch.ts";

export type LimitedCommands = {
  /** At each start of the sandbox. @param sandbox.killsBefore null where no control group holds its memory */
  started(sandbox: { pid: number | undefined; killsBefore: number | null; oomKills(): Promise<number | null> }): void;
  /** Runs a command under watch; its result tells which limit it died of. */
  run(request: ExecRequest, exec: (request: ExecRequest) => Promise<ExecResult>): Promise<ExecResult>;
};

const killed = 128 + 9;
const fileTooLarge = 128 + 25;

/** The commands of one sandbox, as far as limits go. @param folder holds everything that the thread may write */
export function createLimitedCommands(watch: LimitWatch, folder: string): LimitedCommands {
  const running = new Set<{ passed: PassedLimit | null; abort: AbortController | null }>();
  let oomKills: () => Promise<number | null> = async () => null;
  let oomKillsSeen = 0;

  const watched: Watched = {
    pid: null,
    memoryHeld: false,
    folder,
    onPassed(limit, ended) {
      for (const command of running) {
        if (!ended && command.abort === null) continue;
        command.passed = limit;
        if (!ended) command.abort?.abort();
      }
    },
  };

  /** A command that shows no sign of it has not lost more than a helper of its own. */
  async function limitOf(result: ExecResult, passed: PassedLimit | null): Promise<PassedLimit | null> {
    if (result.exitCode === fileTooLarge || result.signal === "SIGXFSZ") return "disk";
    if (result.exitCode !== killed && result.signal !== "SIGKILL") return null;
    if (passed !== null) return passed;
    const kills = (await oomKills()) ?? 0;
    const isNew = kills > oomKillsSeen;
    oomKillsSeen = Math.max(kills, oomKillsSeen);
    return isNew ? "memory" : null;
  }

  return {
    started({ pid, killsBefore, oomKills: count }) {
      oomKills = count;
      oomKillsSeen = killsBefore ?? 0;
      watched.pid = pid ?? null;
      watched.memoryHeld = killsBefore !== null;
    },
    async run(request, exec) {
      const command = { passed: null as PassedLimit | null, abort: request.limited ? new AbortController() : null };
      const signals = [request.signal, command.abort?.signal].filter((signal) => signal !== undefined);
      running.add(command);
      const unwatch = watch.watch(watched);
      try {
        const result = await exec({ ...request, signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0] });
        return { ...result, limit: await limitOf(result, command.passed) };
      } finally {
        running.delete(command);
        if (running.size === 0) unwatch();
      }
    },
  };
}
