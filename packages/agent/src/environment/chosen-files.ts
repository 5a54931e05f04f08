import { type SourceView, scratch, spawnInSource } from "./source-view.ts";

/** A file of the source that git ignores and that the patterns choose; names are bytes as latin1, since any will do. */
export type ChosenFile = { path: string; sizeBytes: number };

/** `link`: a symbolic link. `special`: no regular file. */
export type SkippedFile = { path: string; why: "link" | "special" | "unreadable" };

export type Choice = { files: ChosenFile[]; skipped: SkippedFile[] };

const timeoutMs = 60_000;
const maxOutputBytes = 32 * 2 ** 20;
const maxPatternBytes = 100_000;
const noCheckoutExit = 93;

/**
 * Arguments: the sizes of the files of patterns, which come on stdin one after the other. Prints `<kind> <size> <path>\0`
 * for each file below the folder that git neither tracks nor wants to track, and that each of them chooses.
 */
const script = String.raw`set -u
[ "$(git rev-parse --is-bare-repository 2>/dev/null)" = false ] || exit ${noCheckoutExit}
[ "$(git rev-parse --show-toplevel)" = "$PWD" ] || exit ${noCheckoutExit}
work=${scratch} && chosen=$work/chosen
for size; do
  head -c "$size" >$work/patterns && git ls-files -z -o -i --exclude-from=$work/patterns >$work/others || exit 1
  git check-ignore -z --stdin <$work/others >$work/ignored
  [ $? -le 1 ] && sort -z $work/ignored >$work/more || exit 1
  if [ -f $chosen ]; then comm -z -12 $chosen $work/more >$work/both && mv $work/both $chosen || exit 1
  else mv $work/more $chosen
  fi
done
exec perl -0 -ne '
  chomp; next if m{/$} || !lstat;
  my $kind = -l _ ? "link" : !-f _ ? "special" : "file";
  my $size = -s _ || 0;
  $kind = "unreadable" if $kind eq "file" && !-r $_;
  print "$kind $size $_\0";
' $chosen
`;

/**
 * Which ignored files of the source the patterns choose, in the order of their names. Patterns are written as in a
 * `.gitignore` and read by git itself; a file must be chosen by all of them.
 * @returns null when the source is no checkout with files of its own: a bare repository, or none any more
 * @throws when the source cannot be read
 */
export async function chooseFiles(
  view: SourceView,
  patterns: readonly string[],
  signal?: AbortSignal,
): Promise<Choice | null> {
  const texts = patterns.map((text) => Buffer.from(text));
  if (texts.some(({ length }) => length > maxPatternBytes)) throw new Error("a file of patterns is too long");
  const sizes = texts.map((text) => String(text.length));
  const bash = ["bash", "--noprofile", "--norc", "-c", script, "heddle", ...sizes];
  const child = spawnInSource(view, "repository", bash);
  const stop = () => child.kill("SIGKILL");
  const timer = setTimeout(stop, timeoutMs);
  signal?.addEventListener("abort", stop, { once: true });
  const output: Buffer[] = [];
  let [outputBytes, error] = [0, ""];
  child.stdout.on("data", (chunk: Buffer) => {
    outputBytes += chunk.length;
    if (outputBytes > maxOutputBytes) stop();
    else output.push(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    error = (error + chunk.toString()).slice(0, 2_000);
  });
  child.stdin.on("error", () => {});
  child.stdin.end(Buffer.concat(texts));
  try {
    const code = await new Promise<number | null>((done, fail) => {
      child.once("error", fail);
      child.once("close", done);
    });
    if (code === noCheckoutExit) return null;
    if (code !== 0) throw new Error(`the source's files could not be listed (${code ?? "stopped"}): ${error}`);
    return parse(Buffer.concat(output).toString("latin1"));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function parse(output: string): Choice {
  const choice: Choice = { files: [], skipped: [] };
  for (const record of output.split("\0").slice(0, -1)) {
    const [, kind, size, path = ""] = /^(\w+) (\d+) (.*)$/s.exec(record) ?? [];
    if (kind === "file") choice.files.push({ path, sizeBytes: Number(size) });
    else if (kind === "link" || kind === "special" || kind === "unreadable") choice.skipped.push({ path, why: kind });
  }
  return choice;
}
