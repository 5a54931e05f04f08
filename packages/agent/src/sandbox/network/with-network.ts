import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, chown, open } from "node:fs/promises";
import type { RunnerRequest } from "../command.ts";
import type { Runner } from "../runner.ts";
import type { ExecResult, NetworkDecision, NetworkList, NetworkPolicy } from "../types.ts";
import { startBridge } from "./bridge.ts";
import { socketsInside } from "./bridge-source.ts";
import { networkEnvironment } from "./environment.ts";
import type { Outside } from "./outside.ts";
import { startProxy } from "./proxy.ts";
import { createReach } from "./reach.ts";
import { isRefused } from "./refusals.ts";

export type NetworkOptions = {
  /** The host's folder that the sandbox sees as {@link socketsInside}; only Heddle writes to it. */
  socketsDir: string;
  /** The user that commands run as; `null`: the one that Heddle runs as. */
  userId: number | null;
  policy: NetworkPolicy;
  outside: Outside;
};

/** The way out for one list: there while a command that has the list runs, and not a moment longer. */
type Door = { port: number; close(): Promise<void> };
type SharedDoor = { opened: Promise<Door>; users: number; refused: Set<(decision: NetworkDecision) => void> };

const mostRefused = 20;

/** Gives commands of a runner the network that they ask for. */
export function withNetwork(runner: Runner, options: NetworkOptions): Runner {
  const doors = new Map<NetworkList, SharedDoor>();
  const running = new Set<Promise<unknown>>();

  const enter = (list: NetworkList): SharedDoor => {
    const found = doors.get(list);
    if (found !== undefined) return found;
    const refused: SharedDoor["refused"] = new Set();
    const onDecision = (decision: NetworkDecision) => {
      options.policy.onDecision(decision);
      for (const tell of refused) tell(decision);
    };
    const door = {
      opened: openDoor(runner, list, { ...options, policy: { ...options.policy, onDecision } }),
      users: 0,
      refused,
    };
    doors.set(list, door);
    return door;
  };
  const leave = async (list: NetworkList, door: SharedDoor) => {
    door.users -= 1;
    if (door.users > 0) return;
    doors.delete(list);
    await door.opened.then(
      (opened) => opened.close(),
      () => {},
    );
  };

  const through = async (request: RunnerRequest, list: NetworkList): Promise<ExecResult> => {
    const door = enter(list);
    const refused = new Map<string, NetworkDecision>();
    const note = (decision: NetworkDecision) => {
      if (isRefused(decision) && refused.size < mostRefused) refused.set(`${decision.host}:${decision.port}`, decision);
    };
    door.users += 1;
    door.refused.add(note);
    try {
      const { port } = await door.opened;
      const result = await runner.exec({ ...request, env: { ...networkEnvironment(port), ...request.env } });
      return { ...result, refused: [...refused.values()] };
    } finally {
      door.refused.delete(note);
      await leave(list, door);
      await options.policy.decisionsKept();
    }
  };

  return {
    ...runner,
    exec: async (request) => {
      if (request.network === undefined) return runner.exec(request);
      const result = through(request, request.network);
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    close: async () => {
      await runner.close();
      await Promise.allSettled(running);
    },
  };
}

async function openDoor(runner: Runner, list: NetworkList, options: NetworkOptions): Promise<Door> {
  const name = `${list}-${randomUUID()}`;
  const folder = await open(options.socketsDir, constants.O_DIRECTORY | constants.O_NOFOLLOW);
  // A socket's path must not have more than 107 bytes; this way it has few, wherever Heddle's home lies.
  const path = `/proc/self/fd/${folder.fd}/${name}`;
  const proxy = await startProxy(path, createReach(list, options.policy, options.outside));
  const close = async () => {
    await proxy.close();
    await folder.close();
  };
  try {
    await chmod(path, 0o600);
    if (options.userId !== null) await chown(path, options.userId, options.userId);
    const bridge = await startBridge(runner, `${socketsInside}/${name}`);
    return {
      port: bridge.port,
      close: () => {
        bridge.stop();
        return close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
