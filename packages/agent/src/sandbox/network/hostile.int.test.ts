import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { lstat, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createServer as createHttp, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer as createTcp, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSandboxHome, type SandboxHome, shell, until } from "../testing/sandbox-home.ts";
import { createTestPolicy, createTestWorld, type TestPolicy, type TestWorld } from "../testing/test-world.ts";
import type { Sandbox } from "../types.ts";
import { internet } from "./outside.ts";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
/** In bash. */
const proxyPort = "$(cut -d: -f3 <<< $http_proxy)";
const portOf = (server: Server) => (server.address() as AddressInfo).port;

let home: SandboxHome;
let sandbox: Sandbox;
let policy: TestPolicy;
let world: TestWorld;
let site: HttpServer;

const withNetwork = (script: string) => shell(sandbox, script, { network: "commands" });
const sockets = () => readdir(join(home.worktreeDir("mine"), "sockets"));

beforeAll(async () => {
  site = createHttp((request, response) => response.end(`site ${request.url}`));
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  world = createTestWorld();
  home = await createSandboxHome({ outside: world });
  policy = createTestPolicy();
  sandbox = await home.open("mine", policy);
});
beforeEach(() => {
  world.names.clear();
  world.places.clear();
  world.names.set("a.test", ["9.9.9.9"]);
  world.places.set("9.9.9.9:80", portOf(site));
  world.places.set("9.9.9.9:443", portOf(site));
  world.dialled.length = 0;
  policy.decisions.length = 0;
  policy.lists = { commands: ["a.test", "*.x.test", "*.x.test:1234", "localhost"], setup: [] };
});
afterAll(async () => {
  await home.dispose();
  site.close();
  site.closeAllConnections();
});

describe("an address in place of a name", () => {
  const spellings = [
    ...["127.0.0.1", "127.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.0.0.1.", "0", "0.0.0.0"],
    ...[
      "169.254.169.254",
      "2852039166",
      "8.8.8.8",
      "134744072",
      "[::1]",
      "[::]",
      "[::ffff:127.0.0.1]",
      "[::ffff:7f00:1]",
    ],
    ...["[fe80::1%25lo]", "[fd00:ec2::254]", "[64:ff9b::7f00:1]", "[2606:4700:4700::1111]"],
  ];

  it("is refused in every spelling, listed or not", async () => {
    policy.lists.commands = spellings.flatMap((host) => [host, `${host}:80`]);
    const send = (text: string) =>
      `exec 3<>/dev/tcp/127.0.0.1/${proxyPort}; printf '${text.replaceAll("%", "%%")}' >&3; timeout 5 head -1 <&3`;
    const script = spellings.map(
      (host) =>
        `${send(`CONNECT ${host}:80 HTTP/1.1\\r\\n\\r\\n`)}; ${send(`GET http://${host}/ HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n`)}`,
    );
    const { stdout } = await withNetwork(script.join("\n"));
    const answers = stdout.trim().split(/\r?\n/);
    expect(answers).toHaveLength(2 * spellings.length);
    // A zone is no part of a URL.
    const refusals = answers.filter((line) => /^HTTP\/1.1 403 Heddle: \S+ is an address\./.test(line));
    expect(refusals).toHaveLength(2 * spellings.length - 1);
    expect(answers.filter((line) => line.startsWith("HTTP/1.1 400"))).toHaveLength(1);
    expect(new Set(policy.decisions.map(({ reason }) => reason))).toEqual(new Set(["ADDRESS_LITERAL"]));
    expect(world.dialled).toEqual([]);
  });
});

describe("a name", () => {
  const own = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));

  it("that leads to a private address, or to this machine, is refused", async () => {
    const addresses = [
      ...[
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
      ],
      ...["224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fd00:ec2::254", "fc00::1", "ff02::1"],
      ...[
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001::1",
        ...own,
      ],
    ];
    for (const [index, address] of addresses.entries()) world.names.set(`n${index}.x.test`, [address]);
    const urls = addresses.map((_, index) => `http://n${index}.x.test/`).join(" ");
    const { stdout } = await withNetwork(`for url in ${urls}; do curl -sS $url; done`);
    expect(stdout.match(/ leads to a private address, which cannot be reached from here\.$/gm)).toHaveLength(
      addresses.length,
    );
    expect(policy.decisions.map(({ reason }) => reason)).toEqual(addresses.map(() => "PRIVATE_ADDRESS"));
    expect(world.dialled).toEqual([]);
  });

  it("with public and private addresses is reached at the public ones alone", async () => {
    world.names.set("mixed.x.test", ["127.0.0.1", "10.0.0.1", "9.9.9.8", "::1", "9.9.9.9"]);
    expect((await withNetwork("curl -sS http://mixed.x.test/")).stdout).toBe("site /");
    expect(world.dialled).toEqual(["9.9.9.8:80", "9.9.9.9:80"]);
  });

  it("that is known to this machine only is not reached through it", async () => {
    const secret = createTcp((socket) => socket.end("secret"));
    secret.listen(0, "0.0.0.0");
    await once(secret, "listening");
    const away = await createSandboxHome();
    policy.lists.commands = [`localhost:${portOf(secret)}`];
    const inside = await away.open("mine", policy);
    const script = `curl -sSp --noproxy '' http://localhost:${portOf(secret)}/; curl -sS --noproxy '' http://localhost:${portOf(secret)}/`;
    const { stdout, stderr } = await shell(inside, script, { network: "commands" });
    expect(stdout).toMatch(/^Heddle: localhost:\d+ (leads to a private address|is not known)/);
    expect(stdout + stderr).not.toContain("secret");
    await away.dispose();
    secret.close();
  });
});

describe("a name server that answers differently each time", () => {
  let server: UdpSocket;
  let asked = 0;

  /** Answers A questions with the public address first, with the private one ever after; others with nothing. */
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
    const rebinding = await createSandboxHome({
      outside: {
        ...world,
        resolve: async (host) => {
          const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
          return found.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
        },
      },
    });
    const inside = await rebinding.open("mine", policy);
    const script = "curl -sS http://r.x.test/; curl -sS http://r.x.test/; curl -sSp http://r.x.test/";
    const { stdout } = await shell(inside, script, { network: "commands" });
    expect(stdout).toBe("site /Heddle: r.x.test leads to a private address, which cannot be reached from here.\n");
    expect(world.dialled).toEqual(["9.9.9.9:80"]);
    expect(asked).toBe(3);
    await rebinding.dispose();
  });
});

describe("around the proxy", () => {
  it("there is no way: no route, no names, no UDP, no raw sockets, whatever a command tries", async () => {
    const tcp = createTcp((socket) => socket.end("secret"));
    tcp.listen(0, "0.0.0.0");
    const udp = createSocket("udp4").bind(0, "0.0.0.0");
    await Promise.all([once(tcp, "listening"), once(udp, "listening")]);
    let heard = 0;
    udp.on("message", () => (heard += 1));
    const hosts = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const places = hosts.flatMap(({ address, family }) => {
      const host = family === "IPv6" ? `[${address}]` : address;
      return [`http://${host}:${portOf(tcp)}/`];
    });
    const script = `
      for url in ${places.join(" ")} http://9.9.9.9/ https://1.1.1.1/ http://[2606:4700:4700::1111]/ http://169.254.169.254/; do
        curl -sS -m 3 --noproxy '*' "$url" && echo REACHED "$url"; done
      getent hosts a.test && echo NAMED
      perl -MSocket -e 'socket(S, PF_INET, SOCK_DGRAM, 0); for my $to (@ARGV) { my ($h, $p) = split /:/, $to; print "SENT $to\\n" if send(S, "x", 0, sockaddr_in($p, inet_aton($h))) }' \\
        ${hosts
          .filter(({ family, internal }) => family === "IPv4" && !internal)
          .map(({ address }) => `${address}:${udp.address().port}`)
          .join(" ")} 8.8.8.8:53 224.0.0.1:9
      perl -MSocket -e 'for my $p (1, 6, 17, 255) { print "RAW $p\\n" if socket(S, PF_INET, SOCK_RAW, $p) } print "RAW6\\n" if socket(S, PF_INET6, SOCK_RAW, 58); print "PACKET\\n" if socket(S, 17, SOCK_RAW, 0x300)'
      ip link add veth0 type veth 2>/dev/null && echo LINK
      ip route add default via 127.0.0.1 2>/dev/null && echo ROUTE; true`;
    const { stdout, exitCode } = await withNetwork(script);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 0 });
    expect(heard).toBe(0);
    tcp.close();
    udp.close();
  });

  it("another thread's proxy is out of reach, by path and for its user", async () => {
    const theirs = createTestPolicy({ commands: ["a.test"] });
    const other = await home.open("other", theirs);
    const holding = shell(other, "echo $http_proxy; sleep 60", { network: "commands", timeoutMs: 4_000 });
    const folder = join(home.worktreeDir("other"), "sockets");
    await until(async () => (await readdir(folder).catch(() => [])).length > 0);
    const [name = ""] = await readdir(folder);
    const path = join(folder, name);
    const socket = await lstat(path);
    expect(socket.isSocket()).toBe(true);
    expect(socket.mode & 0o777).toBe(0o600);
    expect((await stat(join(home.worktreeDir("other"), "tree"))).uid).toBe(socket.uid);
    expect((await stat(folder)).mode & 0o777).toBe(0o711);

    const probe = `perl -MSocket -e 'for (@ARGV) { socket(S, PF_UNIX, SOCK_STREAM, 0); print "connected $_\\n" if connect(S, pack_sockaddr_un($_)) }'`;
    const ways = [
      path,
      `/heddle/network/${name}`,
      `/heddle/network/../../other/sockets/${name}`,
      `/proc/1/root${path}`,
    ];
    policy.lists.commands = [];
    const tried = await withNetwork(`cd /heddle/network; ${probe} ${ways.join(" ")} ${name}; true`);
    expect(tried.stdout).toBe("");
    // … and in its own sandbox the same attempt succeeds.
    expect((await shell(other, `${probe} /heddle/network/${name}`)).stdout).toContain("connected");
    if (isRoot) {
      const mine = (await stat(join(home.worktreeDir("mine"), "tree"))).uid;
      const asMe = ["--reuid", String(mine), "--regid", String(mine), "--clear-groups", "sh", "-c"];
      expect((await run("setpriv", [...asMe, `${probe} ${path}`])).stdout).toBe("");
    }
    await holding;
    expect(theirs.decisions).toEqual([]);
  });

  it("no file or link of the worktree stands in for a socket", async () => {
    const { stdout } = await withNetwork(
      "touch /heddle/network/x && echo WROTE; rm -rf /heddle/network/* && echo REMOVED; mv /heddle/network /tmp/n && echo MOVED; curl -sS http://a.test/",
    );
    expect(stdout).toMatch(/^(REMOVED\n)?site \/$/);
  });
});

describe("a TLS connection", () => {
  let tls: ChildProcess;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-tls-"));
    const key = [
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "key.pem",
      "-out",
      "cert.pem",
      "-days",
      "2",
      "-subj",
      "/CN=a.test",
    ];
    await run("openssl", ["req", "-x509", ...key], { cwd: folder });
    const serve = `require("https").createServer({key:require("fs").readFileSync("key.pem"),cert:require("fs").readFileSync("cert.pem")},(q,r)=>r.end("tls "+q.socket.servername)).listen(0,"127.0.0.1",function(){console.log(this.address().port)})`;
    tls = spawn(process.execPath, ["-e", serve], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  });
  afterAll(async () => {
    tls.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  it("is for the host that was allowed, not for another one at its address", async () => {
    const [port] = await once(tls.stdout as NodeJS.ReadableStream, "data");
    world.places.set("9.9.9.9:443", Number(port));
    const { stdout, stderr, refused } = await withNetwork(
      "curl -sSk https://a.test/; echo; for name in hidden.test y.x.test; do curl -sSk --connect-to $name:443:a.test:443 -p https://$name/; done",
    );
    expect(stdout).toBe("tls a.test\ntls y.x.test");
    expect(stderr).toContain("unrecognized name");
    expect(policy.summary()).toEqual([
      "a.test:443 allowed",
      "a.test:443 allowed",
      "hidden.test:443 HOST_NOT_ALLOWED",
      "a.test:443 allowed",
    ]);
    expect(refused?.map(({ host }) => host)).toEqual(["hidden.test"]);
  });
});

describe("the bridge", () => {
  it("is started again, at the same port, when what runs inside kills it", async () => {
    const { stdout } = await withNetwork(`
      for round in 1 2 3; do
        for pid in $(pgrep perl); do [ $pid = $PPID ] || kill -9 $pid; done 2>/dev/null
        until curl -sS http://a.test/$round 2>/dev/null; do sleep 0.05; done
      done`);
    expect(stdout).toBe("site /1site /2site /3");
  });

  it("and its command go when everything is killed; the next command has both", async () => {
    await withNetwork("curl -sS http://a.test/; kill -9 -1");
    expect((await withNetwork("curl -sS http://a.test/")).stdout).toBe("site /");
  });

  it("is not waited for by a command that leaves connections open", async () => {
    await withNetwork(
      `exec 3<>/dev/tcp/127.0.0.1/${proxyPort}; printf 'CONNECT a.test:443 HTTP/1.1\\r\\n\\r\\n' >&3; head -1 <&3; sleep 100 & disown`,
    );
    expect(await sockets()).toEqual([]);
  });

  it("is there though a command has used up all processes", async () => {
    const few = await createSandboxHome({ outside: world, limits: { processes: 30 } });
    const inside = await few.open("mine", policy);
    const fork = `while (defined(my $pid = fork)) { if (!$pid) { sleep 100; exit } } $| = 1; print "full\\n"; sleep 100`;
    const stop = new AbortController();
    let full = false;
    const hungry = shell(inside, `exec perl -e '${fork}'`, { signal: stop.signal, onOutput: () => (full = true) });
    await until(() => full);
    // Without another process of its own.
    const get = `my ($port) = $ENV{http_proxy} =~ /(\\d+)$/; socket(S, PF_INET, SOCK_STREAM, 0); connect(S, sockaddr_in($port, INADDR_LOOPBACK)) or die; syswrite(S, "GET http://a.test/ HTTP/1.0\\r\\n\\r\\n"); print <S>`;
    const { stdout } = await shell(inside, `exec perl -MSocket -e '${get}'`, { network: "commands" });
    expect(stdout).toMatch(/^HTTP\/1.1 200 OK[\s\S]*site \/$/);
    stop.abort();
    await hungry;
    await few.dispose();
  });
});

describe("closing", () => {
  const descriptors = async () => (await readdir("/proc/self/fd")).length;

  it("leaves no socket, listener, descriptor or connection, in the middle of whatever", async () => {
    const own = await createSandboxHome({ outside: world });
    const inside = await own.open("mine", policy);
    await shell(inside, "true", { network: "commands" });
    await inside.close();
    const before = await descriptors();
    for (let round = 0; round < 3; round += 1) {
      const again = await own.open("mine", policy);
      const script = `for i in {1..20}; do exec {fd}<>/dev/tcp/127.0.0.1/${proxyPort}; printf 'CONNECT a.test:443 HTTP/1.1\\r\\n\\r\\n' >&$fd; done; sleep 100`;
      const hanging = [shell(again, script, { network: "commands" }), shell(again, script, { network: "setup" })];
      for (const command of hanging) command.catch(() => {});
      await until(() => policy.decisions.length >= 40 * (round + 1));
      await again.close();
      for (const command of hanging) await expect(command).rejects.toThrow("the sandbox was closed");
      expect(await readdir(join(own.worktreeDir("mine"), "sockets"))).toEqual([]);
    }
    await until(async () => (await descriptors()) <= before);
    await until(() => new Promise((resolve) => site.getConnections((_, count) => resolve(count === 0))));
    await own.dispose();
  });

  it("in the middle of opening ends that, too", async () => {
    const own = await createSandboxHome({ outside: world });
    const inside = await own.open("mine", policy);
    const command = shell(inside, "true", { network: "commands" });
    command.catch(() => {});
    await inside.close();
    await expect(command).rejects.toThrow();
    expect(await readdir(join(own.worktreeDir("mine"), "sockets"))).toEqual([]);
    await own.dispose();
  });
});

describe("the internet as it is", () => {
  it("has no address for names that do not exist, and no answer for addresses that do not", async () => {
    expect(await internet.resolve("does-not-exist.invalid")).toEqual([]);
    await expect(internet.dial("127.0.0.1", 1)).rejects.toThrow();
  });
});
