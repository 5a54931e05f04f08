import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../repository.ts";
import { outside, processesOf } from "./processes.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";
import { brokenWorkflows } from "./workflows.ts";

/** What runs while no thread has anything to do: the services, and for each open sandbox its runner. */
const atRest = /^(node|postgres|temporal|bwrap|perl)/;

/** Everything that must hold of a stack at rest, besides its threads. @returns what does not, in sentences */
export async function verifyStack(stage: Stage): Promise<string[]> {
  const audit = await stage.client.get<{ ok: boolean; to: number }>("/audit/verify");
  return [
    ...(audit.ok ? [] : [`the audit chain is broken at ${audit.to}`]),
    ...(await brokenWorkflows(stage)).map((workflow) => `workflow ${workflow}`),
    ...(await verifyProcesses(stage)),
    ...(await verifyRepositories(stage)),
  ];
}

/** What a kill has left behind may take a moment to notice that it is alone. */
async function verifyProcesses({ stack }: Stage): Promise<string[]> {
  const supervisor = await stack.pidOf("supervisor");
  let wrongs: string[] = [];
  await until(
    () => {
      const all = processesOf(stack.homeDir);
      const busy = all.filter(({ name }) => !atRest.test(name));
      wrongs = [
        ...outside(all, supervisor).map(
          ({ pid, command, name }) => `process ${pid} was left behind: ${command || name}`,
        ),
        ...busy.map(({ pid, command, name }) => `process ${pid} still runs: ${command || name}`),
      ];
      return wrongs.length === 0;
    },
    "no process is left over",
    { patienceMs: 10_000, pollMs: 500 },
  ).catch(() => undefined);
  return wrongs;
}

/** After the stack has stopped: nothing of it. */
export async function verifyStopped({ stack }: Stage): Promise<string[]> {
  return processesOf(stack.homeDir).map(
    ({ pid, command, name }) => `process ${pid} outlived the stack: ${command || name}`,
  );
}

async function verifyRepositories({ stack }: Stage): Promise<string[]> {
  const projects = (await readdir(join(stack.homeDir, "repos"))).map((id) => join(stack.homeDir, "repos", id));
  const threads = (await readdir(join(stack.homeDir, "worktrees"))).map((id) => join(stack.homeDir, "worktrees", id));
  const stores = projects.flatMap((dir) => [join(dir, "upstream.git"), join(dir, "threads.git")]);
  const agents = threads.flatMap((dir) => [join(dir, "tree/.git"), join(dir, "home/.heddle/snapshots.git")]);
  const wrongs: string[] = [];
  for (const dir of stores) {
    const args = ["-c", "safe.directory=*", "fsck", "--strict", "--no-dangling", "--no-progress"];
    await git(dir, args).catch((error: { stderr: string }) => wrongs.push(`git fsck of ${dir}: ${error.stderr}`));
  }
  for (const dir of [...stores, ...agents]) {
    for (const entry of await readdir(dir, { recursive: true }).catch(() => [])) {
      if (/\.lock$|(^|\/)tmp_/.test(entry)) wrongs.push(`${join(dir, entry)} was left behind`);
    }
  }
  return wrongs;
}
