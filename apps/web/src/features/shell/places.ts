export type Place = { key: string; label: string; href: string };

/** Where `g` and a letter lead; the help sheet and the palette name the letters. */
export const places: readonly Place[] = [
  { key: "h", label: "Start page", href: "/" },
  { key: "i", label: "Inbox", href: "/inbox" },
  { key: "f", label: "Search", href: "/search" },
  { key: "s", label: "Settings", href: "/settings/appearance" },
  { key: "m", label: "Members", href: "/settings/members" },
];

/** The bindings of all places, for `useShortcuts`. */
export function placeShortcuts(go: (href: string) => void): Record<string, () => void> {
  return Object.fromEntries(places.map(({ key, href }) => [`g ${key}`, () => go(href)]));
}

/** The keys that lead to an address, where there are any. */
export function keysTo(href: string): string[] | undefined {
  const place = places.find((one) => one.href === href);
  return place && ["g", place.key];
}
