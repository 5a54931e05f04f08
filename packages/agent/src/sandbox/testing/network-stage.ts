import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer, type Server as HttpServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import type { NetworkList, Sandbox } from "../types.ts";
import { createSandboxHome, type SandboxHome, type ShellResult, shell } from "./sandbox-home.ts";
import { createTestPolicy, createTestWorld, type TestPolicy, type TestWorld } from "./test-world.ts";

/** A sandbox with a policy in a world where `a.test` and `b.test` are one site at 9.9.9.9. */
export type NetworkStage = {
  home: SandboxHome;
  sandbox: Sandbox;
  policy: TestPolicy;
  world: TestWorld;
  site: HttpServer;
  /** Requests that the site got. */
  seen: { method: string; url: string; headers: IncomingHttpHeaders; bodyBytes: number }[];
  /** Runs a bash script with network. */
  run(script: string, list?: NetworkList): Promise<ShellResult>;
  /** Names of the proxies' sockets that exist now. */
  sockets(): Promise<string[]>;
  /** As it was at the beginning; `a.test` is on the list for commands, `b.test` on that for setup. */
  reset(): void;
  close(): Promise<void>;
};

/** The port of `http_proxy`, in bash. */
export const proxyPort = "$(cut -d: -f3 <<< $http_proxy)";

/** In bash: opens descriptor 3 to the proxy and writes to it, with `\r\n` as in printf. */
export function toProxy(bytes: string): string {
  return `exec 3<>/dev/tcp/127.0.0.1/${proxyPort}; printf '${bytes.replaceAll("%", "%%")}' >&3`;
}

export const portOf = (server: Server) => (server.address() as AddressInfo).port;

export async function openNetworkStage(): Promise<NetworkStage> {
  const seen: NetworkStage["seen"] = [];
  const site = createServer(async (request, response) => {
    let bodyBytes = 0;
    for await (const chunk of request) bodyBytes += chunk.length;
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers, bodyBytes });
    const [, where] = /^\/to\?(.*)$/.exec(url) ?? [];
    if (where !== undefined) response.writeHead(302, { location: decodeURIComponent(where) });
    else response.writeHead(200, { "x-kept": ["1", "2"], connection: "x-dropped", "x-dropped": "1" });
    response.end(`site ${url}`);
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  const world = createTestWorld();
  const policy = createTestPolicy();
  const home = await createSandboxHome({ outside: world });
  const sandbox = await home.open("mine", policy);
  return {
    home,
    sandbox,
    policy,
    world,
    site,
    seen,
    run: (script, network = "commands") => shell(sandbox, script, { network }),
    sockets: () => readdir(join(home.worktreeDir("mine"), "sockets")),
    reset: () => {
      seen.length = 0;
      world.dialled.length = 0;
      world.names = new Map([
        ["a.test", ["9.9.9.9"]],
        ["b.test", ["9.9.9.9"]],
      ]);
      world.places = new Map([80, 443, 8080].map((port) => [`9.9.9.9:${port}`, portOf(site)]));
      policy.decisions.length = 0;
      policy.lists = { commands: ["a.test"], setup: ["b.test"] };
    },
    close: async () => {
      await home.dispose();
      site.close();
      site.closeAllConnections();
    },
  };
}
