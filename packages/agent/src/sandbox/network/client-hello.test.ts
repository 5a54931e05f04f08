import { once } from "node:events";
import { createServer } from "node:net";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { readClientHello } from "./client-hello.ts";

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

describe("readClientHello", () => {
  it("finds the name, however the hello is cut", async () => {
    const hello = await realHello("a.example.test");
    const found = { serverName: "a.example.test" };
    expect(readClientHello(hello)).toEqual(found);
    expect(readClientHello(Buffer.concat([hello, Buffer.from("more")]))).toEqual(found);
    expect(readClientHello(inRecords(hello, Math.ceil(hello.length / 10)))).toEqual(found);
    for (let length = 0; length < hello.length; length += 1) {
      expect(readClientHello(hello.subarray(0, length))).toBe("more");
    }
  });

  it("says when there is none", async () => {
    expect(readClientHello(await realHello())).toEqual({ serverName: null });
    expect(readClientHello(Buffer.from("GET / HTTP/1.1\r\n"))).toBe("other");
    expect(readClientHello(Buffer.from("SSH-2.0"))).toBe("other");
  });

  it("knows what no client sends, and throws at no bytes", async () => {
    const hello = await realHello("a.example.test");
    const endless = Buffer.from([0, 0, 0, 0, 0, 1, 255, 255, 255, ...Buffer.alloc(40_000)]);
    expect(readClientHello(inRecords(endless, 16_000))).toBe("broken");
    expect(readClientHello(inRecords(hello, 3))).toBe("broken");
    expect(readClientHello(Buffer.from([22, 3, 1, 0, 1, 2]))).toBe("broken");
    for (let at = 0; at < hello.length; at += 1) {
      for (const value of [0, 1, 127, 255]) {
        const changed = Buffer.from(hello);
        changed[at] = value;
        expect(() => readClientHello(changed)).not.toThrow();
      }
    }
  });
});
