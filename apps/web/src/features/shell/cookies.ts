const year = 31_536_000;

/** Remembers a preference of this browser where the server sees it with the next page. */
export function setPreference(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${name}=${value}; path=/; max-age=${year}; samesite=lax`;
}
