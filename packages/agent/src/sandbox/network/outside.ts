import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { isPublicAddress } from "../../addresses.ts";

/** The proxy's own way to the world. */
export type Outside = {
  /** Every address of a name; none when it is not known. */
  resolve(host: string): Promise<readonly string[]>;
  /** @throws when nothing there answers in time */
  dial(address: string, port: number): Promise<Socket>;
};

const nameServerTimeoutMs = 3_000;
const dialTimeoutMs = 6_000;

/**
 * The machine's name servers and network. Names are asked for without the system's resolver: it occupies a thread for
 * each question, so that slow names of one project would hold up the files and names of all others.
 */
export const internet: Outside = {
  resolve: async (host) => {
    // Made anew: a laptop's name servers change.
    const resolver = new Resolver({ timeout: nameServerTimeoutMs, tries: 2 });
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  },
  dial: async (host, port) => {
    const socket = connect({ host, port, allowHalfOpen: true, keepAlive: true, noDelay: true });
    const timer = setTimeout(() => socket.destroy(new Error("no answer")), dialTimeoutMs);
    try {
      await once(socket, "connect");
      return socket;
    } finally {
      clearTimeout(timer);
    }
  },
};

/** Whether a sandbox may reach an address: a public one of another machine, since this one trusts itself with more. */
export function mayReach(address: string): boolean {
  if (!isPublicAddress(address)) return false;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return !own.some((found) => sameAddress(found.address, address));
}

function sameAddress(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

/** The shortest spelling of an IPv6 address. */
function plain(address: string): string {
  return address.includes(":") ? new URL(`http://[${address.replace(/%.*/, "")}]`).hostname : address;
}
