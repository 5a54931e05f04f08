import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { lstat, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type NetworkStage, openNetworkStage, portOf } from "../testing/network-stage.ts";
import { shell, until } from "../testing/sandbox-home.ts";
import { createTestPolicy } from "../testing/test-world.ts";

const exec = promisify(execFile);
const isRoot = process.getuid?.() === 0;

let stage: NetworkStage;
beforeAll(async () => {
  stage = await openNetworkStage();
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

it("around the proxy there is none: no route, names, UDP, raw sockets, whatever a command tries", async () => {
  const tcp = createServer((socket) => socket.end("secret"));
  tcp.listen(0, "0.0.0.0");
  const udp = createSocket("udp4").bind(0, "0.0.0.0");
  await Promise.all([once(tcp, "listening"), once(udp, "listening")]);
  let heard = 0;
  udp.on("message", () => (heard += 1));
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const urls = own.map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address));
  const outside = own.filter(({ family, internal }) => family === "IPv4" && !internal);
  const datagrams = outside.map(({ address }) => `${address}:${udp.address().port}`);
  const { stdout, exitCode } = await stage.run(`
    for url in ${urls.map((host) => `http://${host}:${portOf(tcp)}/`).join(" ")} http://9.9.9.9/ https://1.1.1.1/ \\
      'http://[2606:4700:4700::1111]/' http://169.254.169.254/; do
      curl -sS -m 3 --noproxy '*' "$url" && echo REACHED "$url"; done
    getent hosts a.test && echo NAMED
    perl -MSocket -e 'socket(S, PF_INET, SOCK_DGRAM, 0); for (@ARGV) { my ($h, $p) = split /:/; print "SENT $_\\n" if send(S, "x", 0, sockaddr_in($p, inet_aton($h))) }' \\
      ${datagrams.join(" ")} 8.8.8.8:53 224.0.0.1:9
    perl -MSocket -e 'for (1, 6, 17, 255) { print "RAW $_\\n" if socket(S, PF_INET, SOCK_RAW, $_) } print "RAW6\\n" if socket(S, PF_INET6, SOCK_RAW, 58); print "PACKET\\n" if socket(S, 17, SOCK_RAW, 0x300)'
    PATH=$PATH:/sbin:/usr/sbin
    ip link add veth0 type veth peer name veth1 && echo LINK
    ip route add default via 127.0.0.1 && echo ROUTE
    ip netns add out && echo NETNS
    true`);
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 0 });
  expect(heard).toBe(0);
  tcp.close();
  udp.close();
});

describe("the proxy's socket", () => {
  const probe = `perl -MSocket -e 'for (@ARGV) { socket(S, PF_UNIX, SOCK_STREAM, 0); print "connected $_\\n" if connect(S, pack_sockaddr_un($_)) }'`;

  it("of another thread is out of reach, by its path and for another thread's user", async () => {
    const theirs = createTestPolicy({ commands: ["a.test"] });
    const other = await stage.home.open("other", theirs);
    const stop = new AbortController();
    const holding = shell(other, "sleep 100", { network: "commands", signal: stop.signal });
    const folder = join(stage.home.worktreeDir("other"), "sockets");
    await until(async () => (await readdir(folder).catch(() => [])).length > 0);
    const [name = ""] = await readdir(folder);
    const path = join(folder, name);
    await until(async () => ((await lstat(path)).mode & 0o777) === 0o600);
    expect((await lstat(path)).uid).toBe((await stat(join(stage.home.worktreeDir("other"), "tree"))).uid);
    expect((await stat(folder)).mode & 0o777).toBe(0o711);

    const ways = [
      path,
      `/heddle/network/${name}`,
      `/heddle/network/../../other/sockets/${name}`,
      `/proc/1/root${path}`,
    ];
    expect((await stage.run(`cd /heddle/network; ${probe} ${ways.join(" ")} ${name}; true`)).stdout).toBe("");
    // … and in its own sandbox the same attempt succeeds.
    expect((await shell(other, `${probe} /heddle/network/${name}`)).stdout).toContain("connected");
    if (isRoot) {
      const mine = String((await stat(join(stage.home.worktreeDir("mine"), "tree"))).uid);
      const asMe = ["--reuid", mine, "--regid", mine, "--clear-groups", "sh", "-c", `${probe} ${path}`];
      expect((await exec("setpriv", asMe)).stdout).toBe("");
    }
    stop.abort();
    await holding;
    expect(theirs.decisions).toEqual([]);
  });

  it("cannot be moved, removed or stood in for", async () => {
    const { stdout } = await stage.run(`
      touch /heddle/network/x && echo WROTE; mv /heddle/network /tmp/n && echo MOVED
      rm -rf $(ps -e -o args= | grep -o '/heddle/network/[^ ]*') /heddle/network/* /heddle/network
      curl -sS http://a.test/`);
    expect(stdout).toBe("site /");
    expect(await stage.sockets()).toEqual([]);
  });
});

describe("a TLS connection", () => {
  let tls: ChildProcess;
  let folder: string;
  const serve = `const [key, cert] = ["key", "cert"].map((name) => require("fs").readFileSync(name + ".pem"));
    const server = require("https").createServer({ key, cert }, (request, response) => response.end("tls " + request.socket.servername));
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-tls-"));
    const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2"];
    await exec("openssl", ["req", "-x509", ...key, "-subj", "/CN=a.test"], { cwd: folder });
    tls = spawn(process.execPath, ["-e", serve], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  });
  afterAll(async () => {
    tls.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  it("is for the host that was allowed, not for another one at its address", async () => {
    const [port] = await once(tls.stdout as Readable, "data");
    stage.world.places.set("9.9.9.9:443", Number(port));
    stage.policy.lists.commands = ["a.test", "*.x.test"];
    const { stdout, stderr } = await stage.run(`
      curl -sSk https://a.test/; echo
      for name in y.x.test hidden.test; do curl -sSk --connect-to $name:443:a.test:443 -p https://$name/; done`);
    expect(stdout).toBe("tls a.test\ntls y.x.test");
    expect(stderr).toContain("unrecognized name");
    expect(stderr).toContain("Heddle: hidden.test is not on this project's network list.");
    const allowed = "a.test:443 allowed";
    expect(stage.policy.summary()).toEqual([allowed, allowed, allowed, "hidden.test:443 HOST_NOT_ALLOWED"]);
  });
});
