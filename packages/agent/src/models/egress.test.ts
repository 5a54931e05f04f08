import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEgressFetch, EgressError, isPublicAddress } from "./egress.ts";

describe("isPublicAddress", () => {
  it.each([
    "8.8.8.8",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
  ])("%s is public", (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ["this host", "0.0.0.0"],
    ["private", "10.1.2.3"],
    ["carrier NAT", "100.64.0.1"],
    ["carrier NAT", "100.127.255.255"],
    ["loopback", "127.0.0.1"],
    ["loopback", "127.255.255.254"],
    ["metadata", "169.254.169.254"],
    ["private", "172.16.0.1"],
    ["private", "172.31.255.255"],
    ["private", "192.168.1.1"],
    ["benchmarks", "198.18.0.1"],
    ["multicast", "224.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["unspecified", "::"],
    ["loopback", "::1"],
    ["unique local", "fd00::1"],
    ["metadata", "fd00:ec2::254"],
    ["link-local", "fe80::1"],
    ["site-local", "fec0::1"],
    ["multicast", "ff02::1"],
    ["mapped", "::ffff:127.0.0.1"],
    ["mapped", "::ffff:7f00:1"],
    ["compatible", "::127.0.0.1"],
    ["NAT64", "64:ff9b::7f00:1"],
    ["6to4", "2002:7f00:1::"],
    ["Teredo", "2001::1"],
    ["documentation", "2001:db8::1"],
    ["no address", "localhost"],
    ["no address", ""],
  ])("%s %s is not", (_, address) => expect(isPublicAddress(address)).toBe(false));
});

describe("createEgressFetch", () => {
  let server: Server;
  let port: number;
  let requests = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests++;
      if (request.url === "/redirect") response.writeHead(307, { location: `http://localhost:${port}/` });
      response.end("hello");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const causeOf = async (promise: Promise<unknown>) => {
    const error: unknown = await promise.catch((reason: unknown) => reason);
    return error instanceof Error ? error.cause : undefined;
  };

  it.each([
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",
    "[::]",
  ])("refuses %s before anything is sent", async (host) => {
    const fetch = createEgressFetch({ allowPrivate: () => false });
    const before = requests;
    expect(await causeOf(fetch(`http://${host}:${port}/`))).toBeInstanceOf(EgressError);
    expect(requests).toBe(before);
  });

  it("asks about the host as typed, so that another name for an allowed address is refused", async () => {
    const asked: string[] = [];
    const fetch = createEgressFetch({
      allowPrivate: (host) => {
        asked.push(host);
        return host === "127.0.0.1";
      },
    });
    expect(await causeOf(fetch(`http://LOCALHOST:${port}/`))).toBeInstanceOf(EgressError);
    expect(asked).toEqual(["localhost"]);
  });

  it.each(["127.0.0.1", "localhost"])("reaches %s when it is allowed", async (host) => {
    const fetch = createEgressFetch({ allowPrivate: (asked) => asked === host });
    const response = await fetch(`http://${host}:${port}/`, { headers: new Headers({ "x-a": "b" }) });
    expect(await response.text()).toBe("hello");
  });

  it("returns a redirect instead of following it", async () => {
    const fetch = createEgressFetch({ allowPrivate: () => true });
    const response = await fetch(`http://127.0.0.1:${port}/redirect`);
    expect([response.status, response.headers.get("location")]).toEqual([307, `http://localhost:${port}/`]);
  });
});
