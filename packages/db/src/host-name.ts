const maxNameChars = 253;

/** The name as DNS has it, by the rules that browsers follow; numbers in any spelling come out as `1.2.3.4`. */
export function asciiName(name: string): string | null {
  const url = `http://${name}/`;
  if (/[%/@:?#\\\s]/.test(name) || !URL.canParse(url)) return null;
  const ascii = new URL(url).hostname.replace(/\.$/, "");
  const labels = ascii.split(".");
  const fits = labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  return fits && ascii.length <= maxNameChars ? ascii : null;
}

/** The same for what may stand as the host of a URL: also an IPv6 address in brackets, which come off. */
export function hostOf(text: string): string | null {
  if (!text.startsWith("[")) return asciiName(text);
  const url = `http://${text}/`;
  return /^\[[\da-f:.]+\]$/i.test(text) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : null;
}
