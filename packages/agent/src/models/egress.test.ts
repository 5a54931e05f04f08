import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEgressFetch, EgressError } from "./egress.ts";

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
