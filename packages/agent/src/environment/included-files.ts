import { runInside, snapshotDir } from "../git/inside.ts";
import { inside, type Sandbox } from "../sandbox/types.ts";
import { type ChosenFile, chooseFiles, type SkippedFile } from "./chosen-files.ts";
import { openSource, type SourceView, spawnInSource } from "./source-view.ts";

export const includeFile = ".worktreeinclude";

export type Included =
  | { from: "nowhere"; why: "gone" | "bare" }
  | { from: "source"; copied: string[]; left: LeftFile[] };

/** `large`: with it they would be too many bytes. `tracked`: git would take it for a change in this worktree. */
export type LeftFile = { path: string; why: SkippedFile["why"] | "large" | "tracked" };

export type IncludeOptions = {
  homeDir: string;
  /** The project's folder on this host. */
  sourcePath: string;
  /** One or more files of patterns; see {@link chooseFiles}. */
  patterns: readonly string[];
  maxBytes?: number;
  signal?: AbortSignal;
};

const defaultMaxBytes = 100 * 2 ** 20;
const maxFiles = 10_000;

/**
 * Copies files that git ignores from the project's folder into a thread's worktree: those that the patterns choose,
 * regular ones only, and none that is there already or that a checkpoint of this worktree would take in. They are read
 * where nothing but that folder can be seen, and written inside the sandbox.
 * @throws when the folder cannot be read or the worktree cannot be written
 */
export async function includeFiles(sandbox: Sandbox, options: IncludeOptions): Promise<Included> {
  const { homeDir, sourcePath, patterns, maxBytes = defaultMaxBytes, signal } = options;
  const view = await openSource(sourcePath, homeDir);
  if (view === null) return { from: "nowhere", why: "gone" };
  const choice = await chooseFiles(view, patterns, signal);
  if (choice === null) return { from: "nowhere", why: "bare" };
  const places = await judgePlaces(sandbox, choice.files, signal);
  const wanted = choice.files.filter(({ path }) => places.get(path) === "free");
  const { fitting, large } = fit(wanted, maxBytes);
  if (fitting.length > 0) await copy(sandbox, view, fitting, maxBytes, signal);
  const tracked = choice.files.filter(({ path }) => places.get(path) === undefined);
  const left = [
    ...choice.skipped,
    ...large.map(({ path }) => ({ path, why: "large" as const })),
    ...tracked.map(({ path }) => ({ path, why: "tracked" as const })),
  ];
  return { from: "source", copied: fitting.map(({ path }) => path), left };
}

function fit(files: readonly ChosenFile[], maxBytes: number): { fitting: ChosenFile[]; large: ChosenFile[] } {
  const [fitting, large]: [ChosenFile[], ChosenFile[]] = [[], []];
  let bytes = 0;
  for (const file of files) {
    const fits = bytes + file.sizeBytes <= maxBytes && fitting.length < maxFiles;
    (fits ? fitting : large).push(file);
    if (fits) bytes += file.sizeBytes;
  }
  return { fitting, large };
}

/** Prints `free` or `taken` and the path of each file on stdin that checkpoints of the worktree leave out. */
const placesScript = String.raw`cd ${inside.worktree} || exit 1
git check-ignore -z --stdin | while IFS= read -r -d '' path; do
  if [ -e "$path" ] || [ -L "$path" ]; then printf 'taken %s\0' "$path"; else printf 'free %s\0' "$path"; fi
done
`;

async function judgePlaces(
  sandbox: Sandbox,
  files: readonly ChosenFile[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  if (files.length === 0) return new Map();
  const chunks: Buffer[] = [];
  const env = { GIT_DIR: snapshotDir, GIT_WORK_TREE: inside.worktree };
  const onStdout = (chunk: Buffer) => void chunks.push(chunk);
  const { exitCode, stderr } = await runInside(sandbox, placesScript, [], {
    stdin: nameList(files),
    env,
    signal,
    onStdout,
  });
  if (exitCode !== 0) throw new Error(`the worktree could not be looked at: ${stderr}`);
  const records = Buffer.concat(chunks).toString("latin1").split("\0").slice(0, -1);
  return new Map(records.map((record) => [record.slice(record.indexOf(" ") + 1), record.split(" ", 1)[0] ?? ""]));
}

const unpackScript = `tar --extract --file=- --directory=${inside.worktree} --skip-old-files --no-same-owner`;

async function copy(
  sandbox: Sandbox,
  view: SourceView,
  files: readonly ChosenFile[],
  maxBytes: number,
  signal?: AbortSignal,
): Promise<void> {
  const flags = ["--null", "--no-recursion", "--hard-dereference", "--owner=0", "--group=0", "--ignore-failed-read"];
  const child = spawnInSource(view, "files", ["tar", "--create", "--file=-", ...flags, "--files-from=-"]);
  const ended = new Promise<number | null>((done) => {
    child.once("error", () => done(null));
    child.once("close", done);
  });
  child.stdin.on("error", () => {});
  child.stderr.resume();
  child.stdin.end(nameList(files));
  // A header and padding for each file; whatever has grown since beyond that is cut.
  const most = maxBytes + files.length * 8_192 + 65_536;
  async function* packed(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > most) throw new Error("the source's files grew while they were copied");
      yield chunk;
    }
    if (((await ended) ?? 2) > 1) throw new Error("the source's files could not be read");
  }
  try {
    const { exitCode, stderr } = await runInside(sandbox, unpackScript, [], { stdin: packed(), signal });
    if (exitCode !== 0) throw new Error(`the files could not be written: ${stderr}`);
  } finally {
    child.kill("SIGKILL");
  }
}

function nameList(files: readonly ChosenFile[]): Buffer {
  return Buffer.from(files.map(({ path }) => `${path}\0`).join(""), "latin1");
}
