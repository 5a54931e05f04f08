import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type NetworkStage, openNetworkStage, portOf, toProxy } from "../testing/network-stage.ts";
import { createSandboxHome, shell } from "../testing/sandbox-home.ts";
import { internet } from "./outside.ts";

let stage: NetworkStage;
beforeAll(async () => {
  stage = await openNetworkStage();
});
beforeEach(() => {
  stage.reset();
  stage.policy.lists.commands = ["*.x.test"];
});
afterAll(() => stage.close());

const privateSentence = "leads to a private address, which cannot be reached from here.";

it("an address in place of a name is refused in every spelling, listed or not", async () => {
  const spellings = [
    ...["127.0.0.1", "127.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.0.0.1.", "0", "0.0.0.0"],
    ...["169.254.169.254", "2852039166", "8.8.8.8", "134744072", "[::1]", "[::]", "[::ffff:127.0.0.1]"],
    ...["[fe80::1%25lo]", "[fd00:ec2::254]", "[64:ff9b::7f00:1]", "[2606:4700:4700::1111]"],
  ];
  stage.policy.lists.commands = spellings.flatMap((host) => [host, `${host}:80`]);
  const script = spellings.map((host) => {
    const plain = `GET http://${host}/ HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n`;
    const ways = [`CONNECT ${host}:80 HTTP/1.1\\r\\n\\r\\n`, plain];
    return ways.map((bytes) => `${toProxy(bytes)}; timeout 5 head -1 <&3`).join("\n");
  });
  const { stdout } = await stage.run(script.join("\n"));
  const answers = stdout.trim().split(/\r?\n/);
  expect(answers).toHaveLength(2 * spellings.length);
  // A zone is no part of a URL.
  expect(answers.filter((line) => line.startsWith("HTTP/1.1 400"))).toHaveLength(1);
  const refusals = answers.filter((line) => /^HTTP\/1.1 403 Heddle: \S+ is an address\./.test(line));
  expect(refusals).toHaveLength(2 * spellings.length - 1);
  expect(new Set(stage.policy.decisions.map(({ reason }) => reason))).toEqual(new Set(["ADDRESS_LITERAL"]));
  expect(stage.world.dialled).toEqual([]);
});

describe("a name", () => {
  const own = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  const addresses = [
    ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254"],
    ...["168.63.129.16", "100.100.100.200", "192.0.0.192"],
    ...["224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fd00:ec2::254", "fc00::1", "ff02::1"],
    ...["::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", ...own],
  ];

  it("that leads to a private address, or to this machine, is refused", async () => {
    for (const [index, address] of addresses.entries()) stage.world.names.set(`n${index}.x.test`, [address]);
    const { stdout } = await stage.run(
      `for n in {0..${addresses.length - 1}}; do curl -sS http://n$n.x.test/; curl -sSp https://n$n.x.test/ 2>/dev/null; done`,
    );
    expect(stdout.split(privateSentence)).toHaveLength(addresses.length + 1);
    expect(stage.policy.decisions).toHaveLength(2 * addresses.length);
    expect(new Set(stage.policy.decisions.map(({ reason }) => reason))).toEqual(new Set(["PRIVATE_ADDRESS"]));
    expect(stage.world.dialled).toEqual([]);
  });

  it("with public and private addresses is reached at the public ones alone", async () => {
    stage.world.names.set("mixed.x.test", ["127.0.0.1", "10.0.0.1", "9.9.9.8", "::1", "9.9.9.9"]);
    expect((await stage.run("curl -sS http://mixed.x.test/")).stdout).toBe("site /");
    expect(stage.world.dialled).toEqual(["9.9.9.8:80", "9.9.9.9:80"]);
  });

  it("that is this machine's own is not reached by the real network either", async () => {
    const secret = createServer((socket) => socket.end("secret"));
    secret.listen(0, "0.0.0.0");
    await once(secret, "listening");
    const port = portOf(secret);
    const real = await createSandboxHome();
    stage.policy.lists.commands = [`localhost:${port}`];
    const sandbox = await real.open("mine", stage.policy);
    const script = `for how in -sS -sSp; do curl $how --noproxy '' http://localhost:${port}/; done`;
    const { stdout, stderr } = await shell(sandbox, script, { network: "commands" });
    expect(stdout).toMatch(/^Heddle: localhost:\d+ (leads to a private address|is not known)/);
    expect(stdout + stderr).not.toContain("secret");
    await real.dispose();
    secret.close();
  });
});

describe("a name server that answers differently each time", () => {
  let server: UdpSocket;
  let asked = 0;

  /** Answers the first question for an IPv4 address with a public one, all others with a private one. */
  beforeAll(async () => {
    server = createSocket("udp4").bind(0, "127.0.0.1");
    await once(server, "listening");
    server.on("message", (query, { port, address }) => {
      const isA = query.readUInt16BE(query.length - 4) === 1;
      const answer = Buffer.from(query);
      answer.writeUInt16BE(0x8180, 2);
      answer.writeUInt16BE(isA ? 1 : 0, 6);
      const to = asked === 0 ? [9, 9, 9, 9] : [127, 0, 0, 1];
      if (isA) asked += 1;
      const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...to]);
      server.send(isA ? Buffer.concat([answer, record]) : answer, port, address);
    });
  });
  afterAll(() => server.close());

  it("leads nowhere but to the address that was checked", async () => {
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${server.address().port}`]);
    const resolve = (host: string) => resolver.resolve4(host);
    const rebinding = await createSandboxHome({ outside: { ...stage.world, resolve } });
    const sandbox = await rebinding.open("mine", stage.policy);
    const script = "for how in -sS -sS -sSp; do curl $how http://r.x.test/; done";
    const { stdout } = await shell(sandbox, script, { network: "commands" });
    expect(stdout).toBe(`site /Heddle: r.x.test ${privateSentence}\n`);
    expect(stage.world.dialled).toEqual(["9.9.9.9:80"]);
    expect(asked).toBe(3);
    await rebinding.dispose();
  });
});

describe("the real network", () => {
  it("has no address for a name that does not exist, and no answer where nothing listens", async () => {
    expect(await internet.resolve("does-not-exist.invalid")).toEqual([]);
    await expect(internet.dial("127.0.0.1", 1)).rejects.toThrow();
  });
});
