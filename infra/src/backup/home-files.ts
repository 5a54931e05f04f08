import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { FolderParts } from "./folders.ts";

/** Folders of a home that a backup leaves out, or treats in a way of their own. */
const notPlain = new Set(["run", "logs", "temporal", "left-behind", "repos", "worktrees", "archives"]);
/** The databases of embedded homes: their rows are copied, not their files. */
const isDatabase = (name: string) => /^postgres(\.|$)/.test(name);

/** Folders that are copied as they are. */
export function plainFolders(homeDir: string): string[] {
  return readdirSync(homeDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notPlain.has(entry.name) && !isDatabase(entry.name))
    .filter(({ name }) => !name.startsWith("set-aside-") && !/\.(new-|restoring)/.test(name))
    .map(({ name }) => name);
}

const stores = ["threads.git", "upstream.git"];
const refs = ["refs", "packed-refs"];
/** Half-written files of git, and quarantines of what sandboxes send. */
const passing = [
  "*.lock",
  ...stores.map((store) => `${store}/objects/*tmp_*`),
  ...stores.map((store) => `${store}/incoming`),
];

/**
 * How to read a project's stores while they are written to: refs first. Objects are never removed, so whatever a ref
 * pointed to when it was read is among the objects read after it.
 */
export function storeParts(projectDir: string): FolderParts {
  const first = stores.flatMap((store) => refs.map((name) => `${store}/${name}`));
  const rest = stores
    .filter((store) => existsSync(join(projectDir, store)))
    .flatMap((store) => readdirSync(join(projectDir, store)).map((name) => `${store}/${name}`))
    .filter((path) => !first.includes(path) && !path.endsWith("/incoming"));
  return { names: [...first.filter((path) => existsSync(join(projectDir, path))), ...rest], except: passing };
}

/** How to read a thread's folder: without its temporary files. */
export const worktreeParts: FolderParts = { names: ["."], except: ["./tmp/*"] };

/** Threads with an archive here; one that is being made has another name. */
export function archivedThreads(homeDir: string): string[] {
  const dir = join(homeDir, "archives");
  return existsSync(dir) ? readdirSync(dir).filter((name) => !name.includes(".")) : [];
}
