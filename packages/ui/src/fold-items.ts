import type { CommandItem, Item, ToolCallItem } from "./types.ts";

export type LookKind = "read" | "list" | "search";
type Look = CommandItem | ToolCallItem;
export type Row = { kind: "item"; item: Item } | { kind: "looks"; id: string; items: Look[] };

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
  if (item.type !== "commandExecution" || /[|&;<>`\n]|\$\(/.test(item.command)) return null;
  return COMMANDS[item.command.trim().split(/\s+/)[0] ?? ""] ?? null;
}

/** Items in order, with each run of two or more consecutive looks of one turn folded into one row. */
export function foldItems(items: readonly Item[]): Row[] {
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
