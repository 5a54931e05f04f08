import { domainToASCII } from "node:url";

export type Target = {
  /** Lower case, punycode, no trailing dot; an address as it was written when `literal`. */
  host: string;
  port: number;
  /** The host is an IP address, in whatever spelling. */
  literal: boolean;
};

const usualPorts = [443, 80];
const authority = /^(\[[^\]]*\]|[^:[\]]+):(\d{1,5})$/;
const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
/** What every URL parser takes for an IPv4 address, the odd spellings included: https://url.spec.whatwg.org/#ends-in-a-number-checker */
const endsInNumber = /(^|\.)(\d+|0x[\da-f]*)\.?$/i;
const mostShownChars = 100;

/** Reads `host:port`, as in a CONNECT request; `null` for what is none. */
export function parseAuthority(text: string): Target | null {
  const [, host, port] = authority.exec(text) ?? [];
  return host === undefined ? null : target(host, Number(port));
}

/** Where an absolute `http:` URL leads, as in a plain request to a proxy; `null` for what is none. */
export function parseUrl(text: string): (Target & { path: string }) | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== "http:") return null;
  const found = target(url.hostname, Number(url.port || 80));
  return found && { ...found, path: `${url.pathname}${url.search}` };
}

/**
 * Whether a project's list has a place on it. Entries are `name` or `*.name` (names below it, not itself), each with an
 * optional `:port`; without one, 443 and 80 are meant. An entry that is none of these allows nothing.
 */
export function listAllows(entries: readonly string[], { host, port, literal }: Target): boolean {
  return !literal && entries.some((entry) => entryAllows(entry, host, port));
}

function entryAllows(entry: string, host: string, port: number): boolean {
  const [, below, name = "", ownPort] = /^(\*\.)?([^*:]+)(?::(\d{1,5}))?$/.exec(entry.trim()) ?? [];
  const listed = target(name, port);
  if (listed === null || listed.literal) return false;
  if (ownPort === undefined ? !usualPorts.includes(port) : Number(ownPort) !== port) return false;
  return below === undefined ? host === listed.host : host.endsWith(`.${listed.host}`);
}

function target(host: string, port: number): Target | null {
  if (port < 1 || port > 65_535) return null;
  if (host.startsWith("[")) return { host: shown(host), port, literal: true };
  // Node's own parser takes escapes, blanks and paths into account; nobody who means well sends them.
  if (/[\s%/\\@?#]/.test(host)) return null;
  const ascii = domainToASCII(host.replace(/\.$/, ""));
  if (endsInNumber.test(ascii || host)) return { host: shown(host), port, literal: true };
  return hostName.test(ascii) ? { host: ascii, port, literal: false } : null;
}

/** Goes into a status line and a log. */
function shown(host: string): string {
  return host.replace(/[^\x21-\x7e]/g, "?").slice(0, mostShownChars);
}
