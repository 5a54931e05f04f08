import { setAddress, useAddress } from "../shell/use-address.ts";

/** What the address says is on screen beside a conversation: the tab, one turn's changes, a file. */
export function useThreadAddress() {
  const [tab] = useAddress("tab");
  const [turn] = useAddress("turn");
  const [file] = useAddress("file");
  return { tab: tab === "changes" ? tab : null, turn, file, show };
}

type ThreadAddress = { tab?: "changes" | null; turn?: string | null; file?: string | null };

function show(address: ThreadAddress): void {
  setAddress(address);
}
