import type { Socket } from "node:net";
import type { NetworkList, NetworkPolicy, NetworkRefusal } from "../types.ts";
import { listAllows, type Target } from "./hosts.ts";
import { mayReach, type Outside } from "./outside.ts";
import { createPace } from "./pace.ts";
import type { Refused } from "./refusals.ts";

export type Reached = { socket: Socket } | { refused: Refused };

/** Decides on the connections of one list, makes them and keeps an eye on them. */
export type Reach = {
  /** Decides, records the decision and connects: to an address that was checked, since it is not looked up again. */
  open(target: Target): Promise<Reached>;
  /** Whether a TLS connection to an allowed place may be meant for this name; a refusal is recorded. */
  allowsServerName(name: string, target: Target): Promise<boolean>;
  close(): void;
};

const mostAddresses = 4;
const recheckMs = 2_000;
/** Decisions take time of a process that serves many threads. */
const pace = { burst: 500, perSecond: 200 };

export function createReach(list: NetworkList, policy: NetworkPolicy, outside: Outside): Reach {
  const connections = new Map<Socket, Target>();
  const nextTurn = createPace(pace);
  let recheck: NodeJS.Timeout | undefined;
  let closed = false;

  const allowedHosts = () => policy.allowedHosts(list).catch(() => null);
  const decided = ({ host, port }: Target, reason: NetworkRefusal | null) =>
    policy.onDecision({ list, host, port, reason });

  /** Cuts what has been taken off the list since. */
  const cutForbidden = async () => {
    const allowed = await allowedHosts();
    for (const [socket, target] of connections) {
      if (allowed === null || listAllows(allowed, target)) continue;
      decided(target, "HOST_NOT_ALLOWED");
      socket.destroy();
    }
    recheck = undefined;
    checkLater();
  };
  const checkLater = () => {
    if (!closed && connections.size > 0) recheck ??= setTimeout(cutForbidden, recheckMs);
  };

  const attempt = async (target: Target): Promise<Socket | NetworkRefusal> => {
    if (target.literal) return "ADDRESS_LITERAL";
    const allowed = await allowedHosts();
    if (allowed === null) return "POLICY_UNKNOWN";
    if (!listAllows(allowed, target)) return "HOST_NOT_ALLOWED";
    const addresses = await outside.resolve(target.host);
    if (addresses.length === 0) return "NAME_NOT_FOUND";
    const open = addresses.filter(mayReach);
    if (open.length === 0) return "PRIVATE_ADDRESS";
    for (const address of open.slice(0, mostAddresses)) {
      if (closed) break;
      const socket = await outside.dial(address, target.port).catch(() => null);
      if (socket !== null) return socket;
    }
    return "NO_ANSWER";
  };

  return {
    open: async (target) => {
      await nextTurn();
      const result = await attempt(target);
      if (typeof result === "string") {
        decided(target, result);
        return { refused: { list, host: target.host, port: target.port, reason: result } };
      }
      decided(target, null);
      connections.set(result, target);
      result.once("close", () => connections.delete(result));
      if (closed) result.destroy();
      checkLater();
      return { socket: result };
    },
    allowsServerName: async (name, target) => {
      const meant = { ...target, host: name.toLowerCase().replace(/\.$/, "") };
      if (meant.host === target.host || listAllows((await allowedHosts()) ?? [], meant)) return true;
      decided(meant, "HOST_NOT_ALLOWED");
      return false;
    },
    close: () => {
      closed = true;
      clearTimeout(recheck);
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}
