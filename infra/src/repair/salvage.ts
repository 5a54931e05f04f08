import { checkpointRef } from "@heddle/agent/git/checkpoint";
import { runGit } from "@heddle/agent/git/run";
import type { ProjectStore } from "@heddle/agent/git/store";

const timeoutMs = 30 * 60_000;

/** Commits that threads start from and that the source no longer has, as far as the old store can still give them. */
export async function salvageBases(store: ProjectStore, oldUpstream: string, commits: string[]): Promise<void> {
  for (const commit of new Set(commits)) await takeFrom(store.upstreamDir, { old: oldUpstream, borrowed: [] }, commit);
}

/** A thread's checkpoints and commits, as far as they are whole in the old store and not here. */
export async function salvageThread(
  store: ProjectStore,
  oldThreads: string,
  thread: { id: string; branch: string },
): Promise<void> {
  for (const ref of [checkpointRef(thread.id), `refs/heads/${thread.branch}`]) {
    const commit = (await commitOf(store.threadsDir, ref)) ? null : await commitOf(oldThreads, ref);
    if (commit === null) continue;
    const isHere = await takeFrom(store.threadsDir, { old: oldThreads, borrowed: [store.upstreamDir] }, commit);
    if (isHere) await runGit(store.threadsDir, ["update-ref", ref, commit]);
  }
}

async function commitOf(dir: string, ref: string): Promise<string | null> {
  const { exitCode, stdout } = await runGit(dir, ["rev-parse", "--verify", "--quiet", ref], { okCodes: [0, 1, 128] });
  return exitCode === 0 ? stdout.toString().trim() : null;
}

type Old = { old: string /** stores that it needs objects of */; borrowed: string[] };

/**
 * Takes a commit with all that it is made of from a damaged store, by its id: a ref of it that leads nowhere would end
 * git before it begins. @returns false if the store cannot give it
 */
async function takeFrom(dir: string, { old, borrowed }: Old, commit: string): Promise<boolean> {
  const objects = borrowed.map((path) => `${path}/objects`).join(":");
  const settings = ["safe.directory=*", "uploadpack.allowAnySHA1InWant=true", "transfer.hideRefs=refs/"];
  const server = [
    ...["env", `GIT_ALTERNATE_OBJECT_DIRECTORIES=${objects}`, "git"],
    ...settings.flatMap((setting) => ["-c", setting]),
    "upload-pack",
  ];
  // Told what is here, the old store would look for it and might meet what is damaged.
  const silent = ["-c", "fetch.negotiationAlgorithm=noop"];
  const flags = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"];
  const from = [`--upload-pack=${server.map(quoted).join(" ")}`, old];
  return runGit(dir, [...silent, "fetch", ...flags, ...from, commit], { timeoutMs }).then(
    () => true,
    () => false,
  );
}

/** One word of a shell's command line. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
