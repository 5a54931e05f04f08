import { spawn } from "node:child_process";

const tickMs = 10_000;
const lookAtNpmEveryMs = 200;
const running = new Set();

/** A failure that a person can act on: its message is shown as it is, without a stack. */
export class BootstrapFailure extends Error {}

/** Runs a long step and says how it goes: one line at its start, one every ten seconds, one at its end. */
export async function step(title, work) {
  const startedAt = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  console.log(`${title} …`);
  const ticker = setInterval(() => console.log(`  … ${elapsed()}`), tickMs);
  try {
    const result = await work();
    console.log(`  done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}

/**
 * Runs a program to its end and gives its exit code.
 * @param options.quiet keep the output and show it only if the program fails
 */
export function run(command, args, { cwd, env = process.env, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit" });
    running.add(child);
    const output = [];
    child.stdout?.on("data", (chunk) => output.push(chunk));
    child.stderr?.on("data", (chunk) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      running.delete(child);
      if (quiet && code !== 0) process.stderr.write(Buffer.concat(output));
      resolve(signal ? 1 : code);
    });
  });
}

/** Like `run`, but a program that fails ends the bootstrap with `failure`. */
export async function mustRun(command, args, failure, options) {
  if ((await run(command, args, options)) !== 0) throw new BootstrapFailure(failure);
}

/** Runs a command's main function: signals end its child programs, failures end it with one sentence. */
export async function main(work) {
  const end = (signal) => {
    for (const child of running) child.kill(signal);
    process.exit(130);
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  endWithNpm();
  const release = () => process.off("SIGINT", end).off("SIGTERM", end);
  try {
    await work(release);
  } catch (error) {
    console.error(error instanceof BootstrapFailure ? `Heddle: ${error.message}` : error);
    process.exit(1);
  }
}

/** A killed npm tells nobody: without this, what it started would run on unseen. */
function endWithNpm() {
  const npm = process.ppid;
  const look = () => {
    if (process.ppid !== npm) process.kill(process.pid, "SIGTERM");
  };
  if (process.env.npm_lifecycle_event) setInterval(look, lookAtNpmEveryMs).unref();
}
