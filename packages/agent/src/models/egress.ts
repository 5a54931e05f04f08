import { lookup as resolve } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import { isPublicAddress } from "../addresses.ts";

/** A request to an address that only an administrator's allow-list may open. */
export class EgressError extends Error {
  readonly host: string;

  constructor(host: string) {
    super(`${host} is a private address, which this server does not allow for outgoing requests.`);
    this.name = "EgressError";
    this.host = host;
  }
}

type EgressOptions = {
  /** Whether a host of a URL (lower case, no brackets, as typed, before resolution) may resolve to a private address. */
  allowPrivate: (host: string) => boolean;
  connectTimeoutMs?: number;
  /** Longest silence before the first byte and between two pieces of a body. */
  idleTimeoutMs?: number;
};

export type EgressFetch = typeof globalThis.fetch;

const maxResponseBytes = 128 * 1024 * 1024;

/**
 * A `fetch` that reaches public addresses only, save for allowed hosts. The check is made on the address that the socket
 * connects to, so a name that resolves differently the second time does not help. Redirects are returned, not followed.
 * It keeps connections open: make one for each policy and share it.
 */
export function createEgressFetch(options: EgressOptions): EgressFetch {
  const idleTimeoutMs = options.idleTimeoutMs ?? 120_000;
  const allowed = (host: string) => options.allowPrivate(plainHost(host));
  const connect = buildConnector({
    timeout: options.connectTimeoutMs ?? 10_000,
    lookup: guardedLookup(allowed),
  });
  const dispatcher = new Agent({
    // A host that is an address already is never looked up.
    connect: (target, callback) => {
      const host = plainHost(target.hostname);
      if (isIP(host) !== 0 && !isPublicAddress(host) && !allowed(host)) callback(new EgressError(host), null);
      else connect(target, callback);
    },
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
    maxResponseSize: maxResponseBytes,
  });
  const guarded = (input: string | URL, init?: RequestInit) =>
    undiciFetch(input, { ...(init as Parameters<typeof undiciFetch>[1]), redirect: "manual", dispatcher });
  return guarded as unknown as EgressFetch;
}

function guardedLookup(allowed: (host: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "");
      const open = allowed(hostname) ? addresses : addresses.filter(({ address }) => isPublicAddress(address));
      const first = open[0];
      if (first === undefined) return callback(new EgressError(hostname), "");
      if (options.all) callback(null, open);
      else callback(null, first.address, first.family);
    });
  };
}

function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}
