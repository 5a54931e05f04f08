import type { CommandItem, Item, ToolCallItem } from "./types.ts";

export type LookKind = "read" | "list" | "search";
type Look = CommandItem | ToolCallItem;
export type Row =
  | { kind: "item"; item: Item }
  | { kind: "looks"; id: string; items: Look[] }
  | { kind: "replaced"; id: string; turns: number; rows: Row[] };

const TOOLS: Record<string, LookKind> = { read_file: "read", list_files: "list", search_files: "search" };
const COMMANDS: Record<string, LookKind> = {
  cat: "read",
  head: "read",
  tail: "read",
  nl: "read",
  wc: "read",
  ls: "list",
  tree: "list",
  pwd: "list",
  grep: "search",
  rg: "search",
};

/**
 * What kind of looking around an item is, or null when it may change something or needs its own row.
 * Commands count only when they are one plain call of a reader: no pipe, redirection, list or substitution.
 */
export function lookKind(item: Item): LookKind | null {
  if (item.status === "failed" || item.status === "declined" || item.status === "interrupted") return null;
  if (item.type === "toolCall") return TOOLS[item.name] ?? null;
  if (item.type !== "commandExecution" || item.purpose || /[|&;<>`\n]|\$\(/.test(item.command)) return null;
  return COMMANDS[item.command.trim().split(/\s+/)[0] ?? ""] ?? null;
}

const noTurns: ReadonlySet<string> = new Set();

/**
 * Items in order, with each run of two or more consecutive looks of one turn folded into one row.
 * @param replaced turns that an edited prompt has replaced: consecutive ones become one row that holds theirs
 */
export function foldItems(items: readonly Item[], replaced: ReadonlySet<string> = noTurns): Row[] {
  const rows: Row[] = [];
  for (let from = 0; from < items.length; ) {
    const away = replaced.has(items[from]?.turnId ?? "");
    let to = from + 1;
    while (to < items.length && replaced.has(items[to]?.turnId ?? "") === away) to += 1;
    const run = items.slice(from, to);
    if (!away) rows.push(...foldLooks(run));
    else {
      const turns = new Set(run.map((item) => item.turnId)).size;
      rows.push({ kind: "replaced", id: `replaced:${run[0]?.turnId}`, turns, rows: foldLooks(run) });
    }
    from = to;
  }
  return rows;
}

function foldLooks(items: readonly Item[]): Row[] {
  const rows: Row[] = [];
  for (const item of items) {
    const last = rows.at(-1);
    if (lookKind(item) === null) rows.push({ kind: "item", item });
    else if (last?.kind === "looks" && last.items[0]?.turnId === item.turnId) last.items.push(item as Look);
    else rows.push({ kind: "looks", id: item.id, items: [item as Look] });
  }
  return rows.map((row) =>
    row.kind === "looks" && row.items.length === 1 && row.items[0] ? { kind: "item", item: row.items[0] } : row,
  );
}

/** "Read 4 files, searched twice" in the order in which the kinds first appear. */
export function describeLooks(items: readonly Look[]): string {
  const counts = new Map<LookKind, number>();
  for (const item of items) {
    const kind = lookKind(item);
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const parts = [...counts].map(([kind, count]) => {
    if (kind === "read") return count === 1 ? "read a file" : `read ${count} files`;
    const verb = kind === "list" ? "listed files" : "searched";
    return count === 1 ? verb : count === 2 ? `${verb} twice` : `${verb} ${count} times`;
  });
  const text = parts.join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
