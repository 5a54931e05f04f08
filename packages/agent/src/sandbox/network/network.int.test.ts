import { readdir } from "node:fs/promises";
import { createServer as createHttp, type Server as HttpServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, createServer as createTcp, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSandboxHome, type SandboxHome, shell, until } from "../testing/sandbox-home.ts";
import { createTestPolicy, createTestWorld, type TestPolicy, type TestWorld } from "../testing/test-world.ts";
import type { NetworkList, Sandbox } from "../types.ts";

type Seen = { method: string; url: string; headers: IncomingHttpHeaders; body: string };

let home: SandboxHome;
let sandbox: Sandbox;
let policy: TestPolicy;
let world: TestWorld;
let site: HttpServer;
let seen: Seen[] = [];

/** A site in the world of these tests; what it answers depends on the path. */
function startSite(): Promise<HttpServer> {
  const server = createHttp((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      seen.push({ method, url, headers, body });
      const [, where] = /^\/to\?(.*)$/.exec(url) ?? [];
      if (where !== undefined) response.writeHead(302, { location: decodeURIComponent(where) });
      else response.writeHead(200, { "x-kept": ["1", "2"], connection: "x-dropped", "x-dropped": "1" });
      response.end(`site ${url} ${body}`);
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** In bash. */
const proxyPort = "$(cut -d: -f3 <<< $http_proxy)";
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const withNetwork = (script: string, network: NetworkList = "commands") => shell(sandbox, script, { network });

beforeAll(async () => {
  site = await startSite();
  world = createTestWorld();
  world.names.set("a.test", ["9.9.9.9"]);
  world.names.set("b.test", ["9.9.9.9"]);
  world.places.set("9.9.9.9:80", portOf(site));
  world.places.set("9.9.9.9:443", portOf(site));
  world.places.set("9.9.9.9:8080", portOf(site));
  home = await createSandboxHome({ outside: world });
  policy = createTestPolicy();
  sandbox = await home.open("mine", policy);
});
beforeEach(() => {
  seen = [];
  world.dialled.length = 0;
  policy.decisions.length = 0;
  policy.lists = { commands: ["a.test"], setup: ["b.test"] };
});
afterAll(async () => {
  await home.dispose();
  site.close();
  site.closeAllConnections();
});

describe("a listed host", () => {
  it("is reached by plain requests and through CONNECT, each decision told", async () => {
    const { stdout, refused } = await withNetwork("curl -sS http://a.test/one; curl -sSp http://A.TEST./two");
    expect(stdout).toBe("site /one site /two ");
    expect(policy.summary()).toEqual(["a.test:80 allowed", "a.test:80 allowed"]);
    expect(world.dialled).toEqual(["9.9.9.9:80", "9.9.9.9:80"]);
    expect(refused).toEqual([]);
  });

  it("gets what was sent, and answers as it does", async () => {
    const { stdout } = await withNetwork(
      "head -c 300000 /dev/zero | tr '\\0' x > big; for how in '' 'Transfer-Encoding: chunked'; do curl -sSi -H \"$how\" -T big http://a.test/big | tr -d '\\r' | head -c 200; echo; done",
    );
    expect(stdout.match(/^x-kept: \d$/gm)).toHaveLength(4);
    expect(stdout).not.toContain("x-dropped");
    expect(seen.map(({ method, url, body }) => [method, url, body.length])).toEqual([
      ["PUT", "/big", 300_000],
      ["PUT", "/big", 300_000],
    ]);
  });

  it("is named as it was allowed, and hears nothing that was meant for the proxy", async () => {
    await withNetwork(
      `curl -sS -x http://user:secret@127.0.0.1:${proxyPort} -H 'Host: other.test' -H 'Connection: x-hop' -H 'X-Hop: 1' -H 'Proxy-Connection: keep-alive' -H 'TE: trailers' -H 'X-Kept: 1' http://a.test/`,
    );
    expect(seen[0]?.headers).toMatchObject({ host: "a.test", "x-kept": "1" });
    expect(Object.keys(seen[0]?.headers ?? {}).filter((name) => /proxy|hop|^te$/.test(name))).toEqual([]);
    expect(JSON.stringify(seen)).not.toContain("secret");
  });

  it("that is not there is told from one that does not answer", async () => {
    world.names.set("gone.test", []);
    world.names.set("silent.test", ["9.9.9.10"]);
    policy.lists.commands = ["gone.test", "silent.test"];
    const { stdout } = await withNetwork("curl -sS http://gone.test/; curl -sS http://silent.test/");
    expect(stdout).toBe("Heddle: gone.test is not known to the name servers.\nHeddle: silent.test does not answer.\n");
    expect(policy.summary()).toEqual(["gone.test:80 NAME_NOT_FOUND", "silent.test:80 NO_ANSWER"]);
  });
});

describe("a host that is not listed", () => {
  const sentence =
    "Heddle: other.test is not on this project's network list. An admin can add it in the project's settings.";

  it("is refused with a sentence, before any name server hears of it", async () => {
    world.names.set("other.test", ["9.9.9.9"]);
    const { stdout, refused } = await withNetwork(
      "curl -sSi http://other.test/ | tr -d '\\r'; curl -sSip http://other.test/ | tr -d '\\r'; curl -sSv https://other.test/ 2>&1",
    );
    expect(stdout.split(`HTTP/1.1 403 ${sentence}`)).toHaveLength(4);
    expect(stdout.split(`\n\n${sentence}\n`)).toHaveLength(2);
    expect(world.dialled).toEqual([]);
    expect(policy.summary()).toEqual([
      "other.test:80 HOST_NOT_ALLOWED",
      "other.test:80 HOST_NOT_ALLOWED",
      "other.test:443 HOST_NOT_ALLOWED",
    ]);
    expect(refused?.map(({ host, port }) => `${host}:${port}`)).toEqual(["other.test:80", "other.test:443"]);
  });

  it("is one at another port", async () => {
    const { stdout } = await withNetwork("curl -sS http://a.test:8080/; curl -sSp http://a.test:22/");
    expect(stdout).toContain("Heddle: a.test:8080 is not on this project's network list.");
    policy.lists.commands = ["a.test:8080"];
    expect((await withNetwork("curl -sS http://a.test:8080/; curl -sS http://a.test/")).stdout).toContain(
      "site / Heddle",
    );
  });

  it("is refused anew when a listed one redirects to it", async () => {
    const places = ["http://other.test/", "http://127.0.0.1:1/", "http://[::1]/", "http://a.test:22/"];
    const to = places.map((place) => `http://a.test/to?${encodeURIComponent(place)}`);
    const { stdout } = await withNetwork(`for url in ${to.join(" ")}; do curl -sSL --noproxy '' "$url"; done`);
    expect(stdout.match(/^Heddle: /gm)).toHaveLength(places.length);
    expect(world.dialled).toEqual(places.map(() => "9.9.9.9:80"));
  });

  it("is every host while the list cannot be read", async () => {
    const { allowedHosts } = policy;
    policy.allowedHosts = () => Promise.reject(new Error("no database"));
    const { stdout } = await withNetwork("curl -sS http://a.test/");
    policy.allowedHosts = allowedHosts;
    expect(stdout).toBe("Heddle: The project's network list cannot be read now. Try again in a moment.\n");
    expect(policy.summary()).toEqual(["a.test:80 POLICY_UNKNOWN"]);
  });
});

describe("the list", () => {
  it("holds as it is at each connection, and cuts those that it no longer allows", async () => {
    const opened = until(() => policy.decisions.length > 0).then(() => {
      policy.lists.commands = [];
    });
    const script = `exec 3<>/dev/tcp/127.0.0.1/${proxyPort}; printf 'CONNECT a.test:443 HTTP/1.1\\r\\n\\r\\n' >&3; cat <&3; curl -sS http://a.test/`;
    const { stdout } = await withNetwork(script);
    await opened;
    expect(stdout).toMatch(/^HTTP\/1.1 200 Connection established\r\n\r\nHeddle: a.test is not on/);
    expect(policy.summary()).toEqual([
      "a.test:443 allowed",
      "a.test:443 HOST_NOT_ALLOWED",
      "a.test:80 HOST_NOT_ALLOWED",
    ]);
  });

  it("of the setup script is open to it alone, and only while it runs", async () => {
    const setup = await withNetwork(`curl -sS http://b.test/; curl -sS http://a.test/; echo ${proxyPort}`, "setup");
    expect(setup.stdout).toMatch(
      /^site \/ Heddle: a.test is not on this project's network list for its setup script\..*\n\d+\n$/,
    );
    const port = setup.stdout.trim().split("\n").at(-1);
    const after = await withNetwork(
      `curl -sS http://b.test/; curl -sS -x http://127.0.0.1:${port} http://b.test/ || echo none`,
    );
    expect(after.stdout).toMatch(/^Heddle: b.test is not on this project's network list\. .*\nnone\n$/);
    expect(policy.decisions.map(({ list }) => list)).toEqual(["setup", "setup", "commands"]);
  });

  it("is for commands that ask for it: others have no variable, no listener and no socket", async () => {
    const plain = await shell(sandbox, "env; grep -c ' 0A ' /proc/net/tcp; curl -sS http://a.test/");
    expect(plain.stdout.toLowerCase()).not.toContain("proxy");
    expect(plain.stdout).toMatch(/^0$/m);
    expect(plain).toMatchObject({ exitCode: 6 });
    expect(plain.refused).toBe(undefined);
    expect(await readdir(join(home.worktreeDir("mine"), "sockets"))).toEqual([]);
    expect(policy.decisions).toEqual([]);
  });

  it("is not there in a sandbox that was opened without", async () => {
    const without = await home.open("without");
    const result = await shell(without, "env; curl -sS http://a.test/", { network: "commands" });
    expect(result.stdout.toLowerCase()).not.toContain("proxy");
    expect(result.exitCode).toBe(6);
  });
});

describe("what is no HTTP as it should be", () => {
  const send = (bytes: string) =>
    withNetwork(`exec 3<>/dev/tcp/127.0.0.1/${proxyPort}; printf '${bytes}' >&3; timeout 5 cat <&3 | tr -d '\\r'`);

  it.each([
    ["a path alone", "GET / HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n"],
    ["https in the clear", "GET https://a.test/ HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n"],
    ["CONNECT without a port", "CONNECT a.test HTTP/1.1\\r\\n\\r\\n"],
    ["CONNECT to a URL", "CONNECT http://a.test:80/ HTTP/1.1\\r\\n\\r\\n"],
    [
      "two lengths",
      "POST http://a.test/ HTTP/1.1\\r\\nHost: a.test\\r\\nContent-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nGET",
    ],
    [
      "a length twice",
      "POST http://a.test/ HTTP/1.1\\r\\nHost: a.test\\r\\nContent-Length: 3\\r\\nContent-Length: 4\\r\\n\\r\\nabcd",
    ],
    ["a header with a blank name", "GET http://a.test/ HTTP/1.1\\r\\nHost: a.test\\r\\nX : y\\r\\n\\r\\n"],
    ["other protocols", "SSH-2.0-OpenSSH\\r\\n\\r\\n"],
  ])("%s", async (_, bytes) => {
    expect((await send(bytes)).stdout).toMatch(/^HTTP\/1.1 400 /);
    expect(seen).toEqual([]);
    expect(world.dialled).toEqual([]);
  });

  it("endless headers", async () => {
    const { stdout } = await withNetwork(
      `exec 3<>/dev/tcp/127.0.0.1/${proxyPort}; { printf 'GET http://a.test/ HTTP/1.1\\r\\nX: '; head -c 200000 /dev/zero | tr '\\0' x; } >&3 2>/dev/null; cat <&3 | head -1`,
    );
    expect(stdout).toMatch(/^HTTP\/1.1 431 /);
    expect(seen).toEqual([]);
  });

  it("requests behind one another are each decided", async () => {
    const get = (host: string) => `GET http://${host}/ HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n`;
    const { stdout } = await send(get("a.test") + get("other.test"));
    expect(stdout).toMatch(/^HTTP\/1.1 200 OK\n(.*\n)*HTTP\/1.1 403 Heddle: other.test/);
    expect(seen).toHaveLength(1);
  });

  it("an answer that is none", async () => {
    const liar = createTcp((socket) => socket.on("error", () => {}).end("220 mail.test ESMTP\r\n"));
    await new Promise<void>((resolve) => liar.listen(0, "127.0.0.1", resolve));
    world.names.set("liar.test", ["9.9.9.11"]);
    world.places.set("9.9.9.11:80", portOf(liar));
    policy.lists.commands = ["liar.test"];
    expect((await withNetwork("curl -sS http://liar.test/")).stdout).toBe(
      "Heddle: liar.test did not answer in HTTP.\n",
    );
    liar.close();
  });
});
