import { execFile } from "node:child_process";

const mostPrintedBytes = 64 * 1024 * 1024;

/** Runs a program of the system. @returns what it prints, whatever it has met on its way */
export function run(program: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const options = { signal, env: { PATH: "/usr/bin:/bin" }, cwd: "/", maxBuffer: mostPrintedBytes };
  return new Promise((resolve) => execFile(program, args, options, (_error, stdout) => resolve(stdout)));
}
