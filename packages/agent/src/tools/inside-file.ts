import { posix } from "node:path";
import { z } from "zod";
import { inside } from "../sandbox/types.ts";
import type { ToolContext } from "./tool.ts";

/** A path as a model gives it: relative to the repository, or absolute below the worktree. */
export const pathSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !hasControl(path), "must not contain NUL bytes or line breaks");

export function hasControl(value: string): boolean {
  return value.includes("\0") || value.includes("\n");
}

/** What to put before paths relative to a folder to make them relative to the repository: empty, or ends with a slash. */
export function fromRoot(folder: string): string {
  const relative = posix.relative(inside.worktree, posix.resolve(inside.worktree, folder));
  return relative === "" ? "" : `${relative}/`;
}

/** What the tool answers instead of a result: a sentence for the model. */
export class ToolRefusal extends Error {
  override readonly name = "ToolRefusal";
}

/** The most that file tools read or write at once. */
export const maxFileBytes = 32 * 1024 * 1024;

const timeoutMs = 60_000;
const refusalExit = 3;

/*
 * Every script begins with this. Links are resolved first and the result is judged; what is then opened is judged again
 * by what the kernel says it is, so that exchanging a folder for a link in between gains nothing.
 */
const prelude = `set -u
refuse() { printf '%s' "$1" >&2; exit ${refusalExit}; }
root=${inside.worktree}
cd "$root" || refuse 'The worktree is not there.'
assert_inside() {
  case $1 in "$root" | "$root"/*) ;; *) refuse "$path is outside the repository." ;; esac
}
path=$1
`;

export const openScript = `${prelude}
real=$(realpath -e -- "$path" 2>/dev/null) || refuse "$path does not exist."
assert_inside "$real"
[ ! -d "$real" ] || refuse "$path is a folder; use list_files."
[ -f "$real" ] || refuse "$path is not a regular file."
[ -r "$real" ] || refuse "$path cannot be read: permission denied."
exec 3<"$real" || refuse "$path cannot be read."
assert_inside "$(readlink /proc/self/fd/3)"
head -c "$2" <&3
`;

/** Prints `add` or `update`, a line end, and the former content. */
export const replaceScript = String.raw`${prelude}
real=$(realpath -m -- "$path") || refuse "$path is not a usable path."
assert_inside "$real"
[ "$real" != "$root" ] && [ ! -d "$real" ] || refuse "$path is a folder."
case $real/ in */.git/*) refuse "$path belongs to git; use git commands for that." ;; esac
folder=$(dirname -- "$real") name=$(basename -- "$real")
mkdir -p -- "$folder" 2>/dev/null && cd -P -- "$folder" 2>/dev/null || refuse "The folder of $path cannot be made."
assert_inside "$(pwd -P)"
case $(pwd -P)/ in */.git/*) refuse "$path belongs to git; use git commands for that." ;; esac
[ -f "./$name" ] || { [ ! -e "./$name" ] && [ ! -L "./$name" ]; } || refuse "$path is not a regular file."
new=$(mktemp ./.heddle-XXXXXXXX 2>/dev/null) || refuse "$path cannot be written: permission denied or disk full."
trap 'rm -f -- "$new"' EXIT
cat >"$new" || refuse "$path cannot be written."
if [ -f "./$name" ]; then
  chmod --reference="./$name" "$new"
  printf 'update\n'
  head -c "$2" "./$name" 2>/dev/null
else
  chmod "$(printf '%o' $((0666 & ~$(umask))))" "$new"
  printf 'add\n'
fi
mv -fT -- "$new" "./$name" || refuse "$path cannot be written."
`;

/** Goes to the folder in the first argument; the caller's part follows. */
export const folderPrelude = `${prelude}
real=$(realpath -e -- "$path" 2>/dev/null) || refuse "$path does not exist."
assert_inside "$real"
[ -d "$real" ] || refuse "$path is not a folder."
cd -P -- "$real" 2>/dev/null || refuse "$path cannot be read: permission denied."
assert_inside "$(pwd -P)"
`;

type FileScriptOptions = { stdin?: Uint8Array; maxBytes?: number };

/**
 * Runs one of the scripts in the sandbox; output beyond `maxBytes` is dropped.
 * @throws ToolRefusal with the script's sentence
 */
export async function runFileScript(
  { sandbox, signal }: ToolContext,
  script: string,
  args: readonly string[],
  { stdin, maxBytes = maxFileBytes }: FileScriptOptions = {},
): Promise<{ exitCode: number | null; stdout: Buffer; stderr: string }> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let [size, errorSize] = [0, 0];
  const result = await sandbox.exec({
    argv: ["/bin/bash", "--noprofile", "--norc", "-c", script, "heddle", ...args],
    env: { LC_ALL: "C.UTF-8" },
    stdin,
    timeoutMs,
    signal,
    onOutput: (chunk, stream) => {
      if (stream === "stdout" && size < maxBytes) stdout.push(chunk.subarray(0, maxBytes - size));
      if (stream === "stderr" && errorSize < 16_384) stderr.push(chunk);
      if (stream === "stdout") size += chunk.length;
      else errorSize += chunk.length;
    },
  });
  const error = Buffer.concat(stderr).toString();
  if (result.timedOut) throw new ToolRefusal("The operation took too long and was stopped.");
  if (result.exitCode === refusalExit) throw new ToolRefusal(error);
  return { exitCode: result.exitCode, stdout: Buffer.concat(stdout), stderr: error };
}

/** @throws ToolRefusal when the file cannot be read or is larger than {@link maxFileBytes} */
export async function readInside(context: ToolContext, path: string): Promise<Buffer> {
  const args = [path, String(maxFileBytes + 1)];
  const { exitCode, stdout, stderr } = await runFileScript(context, openScript, args, { maxBytes: maxFileBytes + 1 });
  if (exitCode !== 0) throw new ToolRefusal(stderr || `${path} cannot be read.`);
  if (stdout.length > maxFileBytes)
    throw new ToolRefusal(
      `${path} is larger than ${maxFileBytes / 2 ** 20} MB; look at parts of it with the shell tool.`,
    );
  return stdout;
}

/** Replaces or makes a file in one step, keeping its mode. @throws ToolRefusal */
export async function writeInside(
  context: ToolContext,
  path: string,
  content: Uint8Array,
): Promise<{ kind: "add" | "update"; before: Buffer }> {
  const args = [path, String(maxFileBytes)];
  const { exitCode, stdout, stderr } = await runFileScript(context, replaceScript, args, { stdin: content });
  if (exitCode !== 0) throw new ToolRefusal(stderr || `${path} cannot be written.`);
  const lineEnd = stdout.indexOf(10);
  const kind = stdout.toString("latin1", 0, lineEnd) === "add" ? "add" : "update";
  return { kind, before: stdout.subarray(lineEnd + 1) };
}

/** As git sees it: a NUL byte near the beginning. */
export function isBinary(content: Buffer): boolean {
  return content.subarray(0, 8000).includes(0);
}
