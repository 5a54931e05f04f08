import { once } from "node:events";
import { connect } from "node:net";
import type { Outside } from "../network/outside.ts";
import type { NetworkDecision, NetworkList, NetworkPolicy } from "../types.ts";

/** A world of a test's own behind the proxy: what names resolve to, and which local port answers at a public address. */
export type TestWorld = Outside & {
  names: Map<string, readonly string[]>;
  /** `address:port` → port on this machine. */
  places: Map<string, number>;
  /** Every `address:port` that was dialled. */
  dialled: string[];
};

export function createTestWorld(): TestWorld {
  const world: TestWorld = {
    names: new Map(),
    places: new Map(),
    dialled: [],
    resolve: async (host) => world.names.get(host) ?? [],
    dial: async (address, port) => {
      world.dialled.push(`${address}:${port}`);
      const local = world.places.get(`${address}:${port}`);
      if (local === undefined) throw new Error("no answer");
      const socket = connect({ host: "127.0.0.1", port: local, allowHalfOpen: true });
      await once(socket, "connect");
      return socket;
    },
  };
  return world;
}

export type TestPolicy = NetworkPolicy & {
  lists: Record<NetworkList, string[]>;
  decisions: NetworkDecision[];
  /** `host:port` with why it was refused, or "allowed", in order. */
  summary(): string[];
};

export function createTestPolicy(lists: Partial<Record<NetworkList, string[]>> = {}): TestPolicy {
  const policy: TestPolicy = {
    lists: { commands: [], setup: [], ...lists },
    decisions: [],
    allowedHosts: async (list) => policy.lists[list],
    onDecision: (decision) => policy.decisions.push(decision),
    decisionsKept: async () => {},
    summary: () => policy.decisions.map(({ host, port, reason }) => `${host}:${port} ${reason ?? "allowed"}`),
  };
  return policy;
}
