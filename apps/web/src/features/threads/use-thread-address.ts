import { parseAsStringLiteral, useQueryState } from "nuqs";

const tabs = ["changes"] as const;

/** What the address says is on screen beside a conversation: the tab, one turn's changes, a file. */
export function useThreadAddress() {
  const [tab, setTab] = useQueryState("tab", parseAsStringLiteral(tabs));
  const [turn, setTurn] = useQueryState("turn");
  const [file, setFile] = useQueryState("file");
  return { tab, setTab, turn, setTurn, file, setFile };
}
