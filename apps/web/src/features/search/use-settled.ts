import { useEffect, useState } from "react";

/** A text once nobody has typed for `ms`; at once where it has become empty. */
export function useSettled(text: string, ms = 200): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), text === "" ? 0 : ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return settled;
}
