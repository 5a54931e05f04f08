import { setAddress, useAddress } from "../shell/use-address.ts";

/** What the address says is on screen beside a conversation: the tab, one turn's changes, a file. */
export function useThreadAddress() {
  const [tab] = useAddress("tab");
  const [turn] = useAddress("turn");
  const [file] = useAddress("file");
  return { tab: tab === "changes" || tab === "details" ? tab : null, turn, file, show } as const;
}

type ThreadAddress = { tab?: "changes" | "details" | null; turn?: string | null; file?: string | null };

function show(address: ThreadAddress): void {
  setAddress(address);
}
