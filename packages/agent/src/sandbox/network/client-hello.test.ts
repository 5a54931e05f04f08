import { once } from "node:events";
import { createServer } from "node:net";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { serverNameOf } from "./client-hello.ts";

/** What Node's own TLS client sends first. */
async function realHello(servername?: string): Promise<Buffer> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = connect({ port, host: "127.0.0.1", servername });
  client.on("error", () => {});
  const [socket] = await once(server, "connection");
  const [data] = await once(socket, "data");
  socket.destroy();
  server.close();
  return data;
}

/** The same message, cut into records of a few bytes. */
function inRecords(hello: Buffer, size: number): Buffer {
  const records: Buffer[] = [];
  for (let at = 5; at < hello.length; at += size) {
    const part = hello.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

describe("serverNameOf", () => {
  it("finds the name, however the hello is cut", async () => {
    const hello = await realHello("a.example.test");
    expect(serverNameOf(hello)).toBe("a.example.test");
    expect(serverNameOf(Buffer.concat([hello, Buffer.from("more")]))).toBe("a.example.test");
    expect(serverNameOf(inRecords(hello, 3))).toBe("a.example.test");
    for (let length = 0; length < hello.length; length += 1) {
      expect(serverNameOf(hello.subarray(0, length))).toBe(undefined);
    }
  });

  it("says when there is none", async () => {
    expect(serverNameOf(await realHello())).toBe(null);
    expect(serverNameOf(Buffer.from("GET / HTTP/1.1\r\n"))).toBe(null);
    expect(serverNameOf(Buffer.from("SSH-2.0"))).toBe(null);
    expect(serverNameOf(Buffer.from([22, 3, 1, 0, 1, 2]))).toBe(null);
  });

  it("gives up on a hello that does not end, and throws at no bytes", async () => {
    expect(
      serverNameOf(
        inRecords(Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 1, 255, 255, 255]), Buffer.alloc(40_000)]), 16_000),
      ),
    ).toBe(null);
    const hello = await realHello("a.example.test");
    for (let at = 0; at < hello.length; at += 1) {
      for (const value of [0, 1, 127, 255]) {
        const broken = Buffer.from(hello);
        broken[at] = value;
        expect(() => serverNameOf(broken)).not.toThrow();
      }
    }
  });
});
