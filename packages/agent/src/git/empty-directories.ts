/**
 * Git does not record empty directories. A checkpoint names them in its message, one trailer each, percent-encoded, so
 * that a worktree rebuilt from it has them again.
 */
const trailer = "Heddle-Empty-Directory: ";

/** From paths begun by `./` and ended by NUL, of any bytes. */
export function encodePaths(list: Buffer): string[] {
  const paths = list.toString("latin1").split("\0").filter(Boolean);
  return paths.map((path) => path.replace(/^\.\//, "").replace(/[^A-Za-z0-9/._-]/g, percent));
}

export function addEmptyDirectories(message: string, encoded: readonly string[]): string {
  const body = message.replaceAll("\0", "").trimEnd();
  return `${[body, encoded.map((path) => `${trailer}${path}`).join("\n")].filter(Boolean).join("\n\n")}\n`;
}

/** The message as it was given, and the directories named in it. */
export function splitEmptyDirectories(message: string): { message: string; encoded: string[] } {
  const lines = message.trimEnd().split("\n");
  const own = lines.filter((line) => !line.startsWith(trailer));
  const named = lines.filter((line) => line.startsWith(trailer)).map((line) => line.slice(trailer.length));
  // The message may be anything's words; only what `encodePaths` makes, and nothing outside, is believed.
  const encoded = named.filter((path) => /^[A-Za-z0-9/._%-]+$/.test(path) && !path.split("/").includes(".."));
  return { message: `${own.join("\n").trimEnd()}\n`, encoded };
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`;
}
