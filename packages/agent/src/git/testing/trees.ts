import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import fc from "fast-check";

/** What an agent may leave in its worktree. Names and link targets are bytes. */
export type TreeNode =
  | { kind: "file"; name: Uint8Array; content: Content; mode: number }
  | { kind: "folder"; name: Uint8Array; mode: number; children: TreeNode[] }
  | { kind: "repository"; name: Uint8Array; committed: boolean; children: TreeNode[] }
  | { kind: "link"; name: Uint8Array; target: Uint8Array }
  /** To the file made last. */
  | { kind: "hardLink" | "fifo" | "socket"; name: Uint8Array };

type Content = { text: string } | { random: number } | { zeros: number; end: string };

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
const isRoot = process.getuid?.() === 0;

const plainName = fc.stringMatching(/^[a-z][a-z0-9_.]{0,8}$/).map(bytesOf);
const oddName = fc
  .constantFrom(
    ...[
      "-rf",
      "--",
      "a b",
      " ",
      "new\nline",
      "\n",
      "tab\t",
      "*",
      "?",
      "[x]",
      "'",
      '"',
      "$HOME",
      "`id`",
      "\\",
      "%00",
      "~",
    ],
    ...["ünï", "😀", "...", ".gitignored", ".GIT", "con", "x".repeat(255), "é".repeat(127), "a:b|c<d>e", "\u0001"],
  )
  .map(bytesOf);
const rawName = fc
  .uint8Array({ min: 1, minLength: 1, maxLength: 12 })
  .map((bytes) => bytes.map((byte) => (byte === 47 ? 46 : byte)))
  .filter((bytes) => !isReserved(bytes));
const name = fc.oneof({ weight: 4, arbitrary: plainName }, { weight: 2, arbitrary: oddName }, rawName);

const isReserved = (bytes: Uint8Array) => [".", "..", ".git"].includes(Buffer.from(bytes).toString());

const content: fc.Arbitrary<Content> = fc.oneof(
  fc.constantFrom("", "text\n", "no end", "a\r\nb\nc\r\n", "\0", "\0\n\0").map((text) => ({ text })),
  fc.nat(3_000).map((random) => ({ random })),
  fc.constantFrom(65_535, 65_536, 65_537, 200_000).map((random) => ({ random })),
  fc.record({ zeros: fc.constantFrom(1, 65_536, 150_000, 400_000), end: fc.constantFrom("", "end") }),
);
const fileMode = fc.constantFrom(...[0o644, 0o755, 0o600, 0o444, 0o4755, 0o640], ...(isRoot ? [0, 0o111, 0o222] : []));
const folderMode = fc.constantFrom(...[0o755, 0o700, 0o1777, 0o2770, 0o555], ...(isRoot ? [0, 0o111, 0o444] : []));
const target = fc
  .oneof(fc.constantFrom("nowhere", "/etc/passwd", ".", "..", "../../..", "a b", "x".repeat(300)).map(bytesOf), name)
  .filter((bytes) => bytes.length > 0);

const leaf: fc.Arbitrary<TreeNode> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("file" as const), name, content, mode: fileMode }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("link" as const), name, target }) },
  fc.record({ kind: fc.constantFrom("hardLink" as const, "fifo" as const, "socket" as const), name }),
);

const { nodes } = fc.letrec<{ nodes: TreeNode[]; node: TreeNode }>((tie) => ({
  nodes: fc.uniqueArray(tie("node"), { maxLength: 6, selector: (node) => Buffer.from(node.name).toString("hex") }),
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constant("folder" as const), name, mode: folderMode, children: tie("nodes") }),
    fc.record({ kind: fc.constant("repository" as const), name, committed: fc.boolean(), children: tie("nodes") }),
  ),
}));

/** What is in a worktree, in the order in which it is made. */
export const trees: fc.Arbitrary<TreeNode[]> = nodes;

/** A bash script that makes the nodes in the current folder. */
export function treeScript(tree: readonly TreeNode[]): string {
  return `last=\n${tree.map(nodeScript).join("\n")}`;
}

function nodeScript(node: TreeNode): string {
  const path = `./${quoted(node.name)}`;
  switch (node.kind) {
    case "file":
      return `{ ${contentScript(node.content)}; } >${path}; last=$PWD/${path}; chmod ${node.mode.toString(8)} ${path}`;
    case "folder":
      return `mkdir ${path} && cd ${path}\n${node.children.map(nodeScript).join("\n")}\ncd ..; chmod ${node.mode.toString(8)} ${path}`;
    case "repository": {
      const commit = "git add -A; git -c user.name=A -c user.email=a@b commit -q --allow-empty -m Nested";
      const end = node.committed ? `{ ${commit}; } >/dev/null 2>&1` : ":";
      return `git init -q ${path} && cd ${path}\n${node.children.map(nodeScript).join("\n")}\n${end}; cd ..`;
    }
    case "link":
      return `ln -s ${quoted(node.target)} ${path}`;
    case "hardLink":
      return `[ -z "$last" ] || ln "$last" ${path} 2>/dev/null || :`;
    case "fifo":
      return `mkfifo ${path}`;
    case "socket":
      return `perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => shift, Listen => 1)' ${path}`;
  }
}

function contentScript(given: Content): string {
  if ("text" in given) return `printf %b ${quoted(bytesOf(given.text.replaceAll("\0", "\\0000")))}`;
  if ("zeros" in given) return `head -c ${given.zeros} /dev/zero; printf %s '${given.end}'`;
  return `perl -e 'srand ${given.random}; print pack "C*", map { int rand 256 } 1 .. ${given.random}'`;
}

/** Any bytes as one word of bash. */
function quoted(bytes: Uint8Array): string {
  return `$'${[...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}'`;
}

/**
 * Every entry below a folder: kind, permission bits, size, hash of the content, target, seconds of modification, and the
 * first name of a file with several. Sockets are left out; names as latin1. Only root sees all.
 */
export async function portrait(dir: string): Promise<string[]> {
  const lines: string[] = [];
  const firstNames = new Map<string, string>();
  const visit = async (path: Buffer) => {
    const name = path.toString("latin1").slice(Buffer.byteLength(dir) + 1);
    const info = await lstat(path);
    if (info.isSocket()) return;
    const mode = (info.mode & 0o7777).toString(8);
    const mtime = Math.floor(info.mtimeMs / 1000);
    const key = `${info.dev}:${info.ino}`;
    const first = info.isDirectory() ? name : (firstNames.get(key) ?? name);
    firstNames.set(key, first);
    if (info.isSymbolicLink()) lines.push(`${name} -> ${(await readlink(path, "latin1")).toString()} (${first})`);
    else if (info.isFile()) {
      const hash = createHash("sha256").update(await readFile(path));
      lines.push(`${name} ${mode} ${mtime} ${info.size} ${hash.digest("hex")} (${first})`);
    } else if (info.isFIFO()) lines.push(`${name} ${mode} pipe (${first})`);
    else if (info.isDirectory()) {
      if (name !== "") lines.push(`${name}/ ${mode} ${mtime}`);
      const entries = (await readdir(path, { encoding: "buffer" })) as unknown as Buffer[];
      for (const entry of entries.sort(Buffer.compare)) await visit(Buffer.concat([path, Buffer.from("/"), entry]));
    }
  };
  await visit(Buffer.from(dir));
  return lines;
}
