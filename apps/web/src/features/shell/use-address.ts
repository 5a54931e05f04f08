import { useSearchParams } from "next/navigation";

/**
 * A part of the address's query: what it says, and a way to say something else in place, without a visit to the server.
 * `null` is absent.
 */
export function useAddress(name: string): [string | null, (value: string | null) => void] {
  return [useSearchParams().get(name), (value) => setAddress({ [name]: value })];
}

/** Changes several parts at once; those not named stay. */
export function setAddress(parts: Record<string, string | null>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(parts)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}
