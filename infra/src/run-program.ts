import { spawn } from "node:child_process";

export type ProgramResult = { ok: boolean; output: string };

/** Runs a program in a process group of its own to its end, and kills the group when time is up or `signal` aborts. */
export function runProgram(
  command: string,
  args: string[],
  options: { env: NodeJS.ProcessEnv; timeoutMs: number; cwd?: string; signal?: AbortSignal },
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const { env, cwd, signal, timeoutMs } = options;
    const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    const kill = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // Ended in this very moment.
      }
    };
    const timer = setTimeout(kill, timeoutMs);
    signal?.addEventListener("abort", kill);
    const settle = (ok: boolean, message = "") => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", kill);
      resolve({ ok, output: Buffer.concat(chunks).toString() + message });
    };
    child.once("error", (error) => settle(false, error.message));
    child.once("close", (code) => settle(code === 0));
  });
}
