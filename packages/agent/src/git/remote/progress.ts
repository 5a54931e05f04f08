/**
 * How far a fetch is: the server counts and packs (`preparing`), its objects arrive, their deltas are resolved.
 * `objects` of `totalObjects` in this phase; `bytes` have arrived so far.
 */
export type FetchProgress = {
  phase: "preparing" | "receiving" | "resolving";
  objects: number;
  totalObjects: number;
  bytes: number;
};

const units: Record<string, number> = { bytes: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
const maxLineChars = 1_000;

/** Reads git's own progress as it comes. What the server says carries a prefix, so it can pretend no other phase. */
export function progressReader(onProgress: (progress: FetchProgress) => void): (chunk: Buffer) => void {
  let rest = "";
  let bytes = 0;
  return (chunk) => {
    const lines = (rest + chunk.toString("latin1")).split(/[\r\n]/);
    rest = (lines.pop() ?? "").slice(-maxLineChars);
    for (const line of lines) {
      const found = /^(remote: )?(\w+) (?:objects|deltas): +\d+% \((\d+)\/(\d+)\)(?:, ([\d.]+) (\w+))?/.exec(line);
      const phase = found && phaseOf(found[1] !== undefined, found[2]);
      if (!found || !phase) continue;
      if (found[5] !== undefined) bytes = Math.round(Number(found[5]) * (units[found[6] ?? ""] ?? 1));
      onProgress({ phase, objects: Number(found[3]), totalObjects: Number(found[4]), bytes });
    }
  };
}

function phaseOf(isServer: boolean, word: string | undefined): FetchProgress["phase"] | null {
  if (isServer) return "preparing";
  if (word === "Receiving") return "receiving";
  return word === "Resolving" ? "resolving" : null;
}
