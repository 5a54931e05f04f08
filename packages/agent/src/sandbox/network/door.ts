import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, chown, open } from "node:fs/promises";
import type { Runner } from "../runner.ts";
import type { NetworkList, NetworkPolicy } from "../types.ts";
import { startBridge } from "./bridge.ts";
import { socketsInside } from "./bridge-source.ts";
import type { Outside } from "./outside.ts";
import { startProxy } from "./proxy.ts";
import { createReach } from "./reach.ts";

export type DoorOptions = {
  /** The host's folder that the sandbox sees as {@link socketsInside}; only Heddle writes to it. */
  socketsDir: string;
  /** The user that commands run as; `null`: the one that Heddle runs as. */
  userId: number | null;
  policy: NetworkPolicy;
  outside: Outside;
};

/** The way out of a sandbox for one list: the proxy on the host, its socket, the bridge inside. */
export type Door = {
  /** Where the bridge listens. */
  port: number;
  /** Leaves no connection, listener or file. */
  close(): Promise<void>;
};

/** @throws SandboxLost; SandboxUnavailable when it cannot be opened */
export async function openDoor(runner: Runner, list: NetworkList, options: DoorOptions): Promise<Door> {
  const name = `${list}-${randomUUID()}`;
  const folder = await open(options.socketsDir, constants.O_DIRECTORY | constants.O_NOFOLLOW);
  // A socket's path must not have more than 107 bytes; this way it has few, wherever Heddle's home lies.
  const path = `/proc/self/fd/${folder.fd}/${name}`;
  const closing: (() => unknown)[] = [() => folder.close()];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const proxy = await startProxy(path, createReach(list, options.policy, options.outside));
    closing.push(proxy.close);
    await chmod(path, 0o600);
    if (options.userId !== null) await chown(path, options.userId, options.userId);
    const bridge = await startBridge(runner, `${socketsInside}/${name}`);
    closing.push(bridge.stop);
    return { port: bridge.port, close };
  } catch (error) {
    await close();
    throw error;
  }
}
