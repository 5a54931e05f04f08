import { run } from "./run.ts";

/** A file without a name. `device` is its file system's number; memory that processes share is such a file, too. */
export type RemovedFile = { device: string; sizeBytes: number };

const blockBytes = 512;

/** What the processes hold open or mapped and no folder has any more; each once. Mappings are for root's eyes only. */
export async function removedFiles(pids: readonly number[]): Promise<RemovedFile[]> {
  const places = pids.flatMap((pid) => [`/proc/${pid}/fd`, `/proc/${pid}/map_files`]);
  const removed = ["-mindepth", "1", "-maxdepth", "1", "-type", "f", "-links", "0", "-printf", "%D %i %b\\n"];
  const lines = (await run("find", ["-L", ...places, ...removed])).split("\n").filter(Boolean);
  return [...new Set(lines)].map((line) => {
    const [device = "", , blocks = ""] = line.split(" ");
    return { device, sizeBytes: (Number.parseInt(blocks, 10) || 0) * blockBytes };
  });
}

export function sumOf(files: readonly RemovedFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
