import type { FileDiff } from "./types.ts";

/** A line of a tree of files. Folders that hold nothing but one folder are one line with it. */
export type TreeLine =
  | { kind: "folder"; path: string; name: string; depth: number }
  | { kind: "file"; path: string; name: string; depth: number; file: FileDiff };

type Folder = { folders: Map<string, Folder>; files: FileDiff[] };

/** The files below their folders, folders first. @param closed paths of folders whose contents are left out */
export function treeLines(files: readonly FileDiff[], closed: ReadonlySet<string>): TreeLine[] {
  const root: Folder = { folders: new Map(), files: [] };
  for (const file of files) {
    let folder = root;
    for (const part of file.path.split("/").slice(0, -1)) {
      const inner = folder.folders.get(part) ?? { folders: new Map(), files: [] };
      folder.folders.set(part, inner);
      folder = inner;
    }
    folder.files.push(file);
  }
  return linesOf(root, "", 0, closed);
}

function linesOf(folder: Folder, prefix: string, depth: number, closed: ReadonlySet<string>): TreeLine[] {
  const folders = [...folder.folders].sort(([a], [b]) => a.localeCompare(b));
  return [
    ...folders.flatMap(([first, inner]) => {
      let [name, own] = [first, inner];
      while (own.files.length === 0 && own.folders.size === 1) {
        const [[next, deeper]] = [...own.folders] as [[string, Folder]];
        [name, own] = [`${name}/${next}`, deeper];
      }
      const path = `${prefix}${name}`;
      const line: TreeLine = { kind: "folder", path, name, depth };
      return closed.has(path) ? [line] : [line, ...linesOf(own, `${path}/`, depth + 1, closed)];
    }),
    ...folder.files.map((file): TreeLine => {
      const name = file.path.slice(prefix.length);
      return { kind: "file", path: file.path, name, depth, file };
    }),
  ];
}

/** The files in the order in which the tree shows them. */
export function inTreeOrder<T extends FileDiff>(files: readonly T[]): T[] {
  const order = new Map(treeLines(files, new Set()).map((line, index) => [line.path, index]));
  return [...files].sort((a, b) => (order.get(a.path) ?? 0) - (order.get(b.path) ?? 0));
}
