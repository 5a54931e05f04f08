import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createSandboxHome,
  processesWith,
  type SandboxHome,
  sleepMarker,
  until,
} from "../sandbox/testing/sandbox-home.ts";
import type { Sandbox } from "../sandbox/types.ts";
import { devPort, runDevCommand, untilPortAnswers } from "./dev-command.ts";
import { forwardPort, type PortForward } from "./port-forward.ts";

let home: SandboxHome;
let stops: (() => Promise<unknown>)[];

beforeEach(async () => {
  home = await createSandboxHome({ idleMs: 100 });
  stops = [];
});
afterEach(async () => {
  for (const stop of stops) await stop();
  await home.dispose();
});

/** Answers every request with its name, its port and the body's size; `/big` with 5 MB, `/echo` with the body. */
const server = (name: string, address = "process.env.HOST") => `exec node -e '
  require("node:http").createServer((request, response) => {
    if (request.url === "/big") return response.end(Buffer.alloc(5_000_000, "x"));
    if (request.url === "/echo") return request.pipe(response);
    let size = 0;
    request.on("data", (chunk) => { size += chunk.length; });
    request.on("end", () => response.end("${name} " + process.env.PORT + " " + size));
  }).listen(process.env.PORT, ${address}, () => console.log("up"));'`;

function start(sandbox: Sandbox, command: string) {
  const stopping = new AbortController();
  const result = runDevCommand(sandbox, command, { signal: stopping.signal, onOutput: () => {} });
  const stop = () => {
    stopping.abort();
    return result;
  };
  stops.push(stop);
  return { result, stop, signal: stopping.signal };
}

async function forward(sandbox: Sandbox, port = devPort): Promise<PortForward & { url: string }> {
  const made = await forwardPort(sandbox, port);
  stops.push(made.close);
  return { ...made, url: `http://127.0.0.1:${made.port}` };
}

test("servers of two threads listen on the same port inside and are reached on two outside", async () => {
  const names = ["one", "two"];
  const urls = await Promise.all(
    names.map(async (name) => {
      const sandbox = await home.open(name);
      const { signal } = start(sandbox, server(name));
      const { url } = await forward(sandbox);
      expect(await untilPortAnswers(sandbox, devPort, signal)).toBe(true);
      return url;
    }),
  );
  const answers = await Promise.all(urls.map(async (url) => (await fetch(url)).text()));
  expect(answers).toEqual(names.map((name) => `${name} ${devPort} 0`));
});

describe("a connection", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await home.open("t");
  });

  test("carries much in both directions, many at once", async () => {
    const { signal } = start(sandbox, server("t"));
    const { url } = await forward(sandbox);
    await untilPortAnswers(sandbox, devPort, signal);
    const bodies = [1, 2, 3, 4].map((byte) => Buffer.alloc(3_000_000, byte));
    const echoes = bodies.map(async (body) => {
      const response = await fetch(`${url}/echo`, { method: "POST", body });
      return Buffer.compare(Buffer.from(await response.arrayBuffer()), body);
    });
    expect(await Promise.all(echoes)).toEqual([0, 0, 0, 0]);
    expect((await (await fetch(`${url}/big`)).arrayBuffer()).byteLength).toBe(5_000_000);
  });

  test("of which one side has said all still brings the answer", async () => {
    start(
      sandbox,
      `exec perl -MSocket -e '
      socket(my $l, PF_INET, SOCK_STREAM, 0); bind($l, pack_sockaddr_in($ENV{PORT}, INADDR_LOOPBACK)); listen($l, 5);
      while (accept(my $c, $l)) { my $all = join "", <$c>; print $c "got " . length $all; close $c }'`,
    );
    const { port } = await forward(sandbox);
    await untilPortAnswers(sandbox, devPort, new AbortController().signal);
    const client = connect(port, "127.0.0.1");
    client.end("x".repeat(1_000));
    const chunks: Buffer[] = [];
    client.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(client, "close");
    expect(Buffer.concat(chunks).toString()).toBe("got 1000");
  });

  test("reaches servers that listen on IPv6 alone", async () => {
    const { signal } = start(sandbox, server("six", '"::1"'));
    const { url } = await forward(sandbox);
    await untilPortAnswers(sandbox, devPort, signal);
    expect(await (await fetch(url)).text()).toBe(`six ${devPort} 0`);
  });

  test("is closed when nobody listens inside", async () => {
    const { port } = await forward(sandbox);
    const client = connect(port, "127.0.0.1");
    client.resume();
    await once(client, "close");
  });

  test("leaves nothing in the sandbox when it is left", async () => {
    const { signal } = start(sandbox, server("t"));
    const { port } = await forward(sandbox);
    await untilPortAnswers(sandbox, devPort, signal);
    const joining = async () => (await processesWith("pack_sockaddr_in6")).length;
    const client = connect(port, "127.0.0.1");
    client.on("error", () => {});
    await until(async () => (await joining()) > 0);
    client.destroy();
    await until(async () => (await joining()) === 0);
  });

  test("can be opened on the loopback only", async () => {
    const { port } = await forward(sandbox);
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const others = addresses.filter(({ family, internal }) => family === "IPv4" && !internal);
    for (const address of ["::1", ...others.map((found) => found.address)]) {
      const [error] = await once(connect(port, address), "error");
      expect([address, error.code]).toEqual([address, "ECONNREFUSED"]);
    }
  });

  test("is cut when its reader leaves more unread than may lie here", async () => {
    const { signal } = start(
      sandbox,
      `exec perl -MSocket -e '
      socket(my $l, PF_INET, SOCK_STREAM, 0); bind($l, pack_sockaddr_in($ENV{PORT}, INADDR_LOOPBACK)); listen($l, 5);
      $SIG{PIPE} = "IGNORE"; while (accept(my $c, $l)) { 1 while print $c "x" x 1_000_000 }'`,
    );
    const { port } = await forward(sandbox);
    await untilPortAnswers(sandbox, devPort, signal);
    const client = connect(port, "127.0.0.1");
    client.on("error", () => {});
    await until(async () => (await processesWith("pack_sockaddr_in6")).length > 0);
    await until(async () => (await processesWith("pack_sockaddr_in6")).length === 0);
    client.destroy();
  });
});

describe("a dev command", () => {
  test("is ended with all that it has started", async () => {
    const marker = sleepMarker();
    const { stop } = start(await home.open("t"), `sleep ${marker} & setsid sleep ${marker} & sleep ${marker}`);
    await until(async () => (await processesWith(marker)).length >= 3);
    expect(await stop()).toMatchObject({ stopped: true, exitCode: null, note: "Stopped." });
    expect(await processesWith(marker)).toEqual([]);
  });

  test("outlives other commands and the sandbox's idle time", async () => {
    const sandbox = await home.open("t");
    const { signal } = start(sandbox, server("t"));
    const { url } = await forward(sandbox);
    await untilPortAnswers(sandbox, devPort, signal);
    await sandbox.exec({ argv: ["bash", "-c", "sleep 300 & true"] });
    await new Promise((done) => setTimeout(done, 300));
    expect(await (await fetch(url)).text()).toBe(`t ${devPort} 0`);
  });

  test("that ends by itself tells how", async () => {
    const { result } = start(await home.open("t"), "echo no such script >&2; exit 3");
    expect(await result).toMatchObject({
      stopped: false,
      exitCode: 3,
      output: "no such script\n",
      note: "It ended with exit code 3.",
    });
  });
});

test("waiting for a port ends when it is no longer wanted", async () => {
  const sandbox = await home.open("t");
  const left = new AbortController();
  const waiting = untilPortAnswers(sandbox, devPort, left.signal);
  left.abort();
  expect(await waiting).toBe(false);
});
