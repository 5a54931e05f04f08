import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type NetworkStage, openNetworkStage, portOf, toProxy } from "../testing/network-stage.ts";
import { createSandboxHome, shell, until } from "../testing/sandbox-home.ts";

let stage: NetworkStage;
beforeAll(async () => {
  stage = await openNetworkStage();
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

const connect = "CONNECT a.test:443 HTTP/1.1\\r\\n\\r\\n";

describe("the bridge", () => {
  it("is started again, at the same port, when what runs inside kills it", async () => {
    const { stdout } = await stage.run(`
      for round in 1 2 3; do
        for pid in $(pgrep perl); do [ $pid = $PPID ] || kill -9 $pid; done 2>/dev/null
        until curl -sS http://a.test/$round 2>/dev/null; do sleep 0.05; done
      done`);
    expect(stdout).toBe("site /1site /2site /3");
  });

  it("and its command go when everything is killed; the next command has both", async () => {
    await stage.run("curl -sS http://a.test/; kill -9 -1");
    expect((await stage.run("curl -sS http://a.test/")).stdout).toBe("site /");
  });

  it("is not waited for by a command that leaves connections open", async () => {
    await stage.run(`${toProxy(connect)}; head -1 <&3; sleep 100 & disown`);
    expect(await stage.sockets()).toEqual([]);
  });

  it("serves commands side by side, until the last has ended", async () => {
    const long = stage.run("sleep 0.5; curl -sS http://a.test/long");
    for (let round = 0; round < 5; round += 1) {
      expect((await stage.run("curl -sS http://a.test/short")).stdout).toBe("site /short");
      expect((await shell(stage.sandbox, "echo plain")).stdout).toBe("plain\n");
    }
    expect((await long).stdout).toBe("site /long");
    expect(await stage.sockets()).toEqual([]);
  });

  it("finds its way however long the path of Heddle's home is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "heddle-long-"));
    const homeDir = join(folder, ...Array.from({ length: 4 }, () => "a".repeat(100)));
    await mkdir(homeDir, { recursive: true });
    const far = await createSandboxHome({ homeDir, outside: stage.world });
    const sandbox = await far.open("mine", stage.policy);
    expect((await shell(sandbox, "curl -sS http://a.test/", { network: "commands" })).stdout).toBe("site /");
    await far.dispose();
    await rm(folder, { recursive: true });
  });

  it("is there though a command has used up all processes", async () => {
    const few = await createSandboxHome({ outside: stage.world, limits: { processes: 30 } });
    const sandbox = await few.open("mine", stage.policy);
    const stop = new AbortController();
    let full = false;
    const fork = `while (defined(my $pid = fork)) { if (!$pid) { sleep 100; exit } } $| = 1; print "full\\n"; sleep 100`;
    const options = { signal: stop.signal, onOutput: () => (full = true) };
    const hungry = shell(sandbox, `exec perl -e '${fork}'`, options);
    await until(() => full);
    // Without another process of its own.
    const get = `my ($port) = $ENV{http_proxy} =~ /(\\d+)$/; socket(S, PF_INET, SOCK_STREAM, 0);
      connect(S, sockaddr_in($port, INADDR_LOOPBACK)) or die; syswrite(S, "GET http://a.test/ HTTP/1.0\\r\\n\\r\\n"); print <S>`;
    const { stdout } = await shell(sandbox, `exec perl -MSocket -e '${get}'`, { network: "commands" });
    expect(stdout).toMatch(/^HTTP\/1.1 200 OK[\s\S]*site \/$/);
    stop.abort();
    await hungry;
    await few.dispose();
  });
});

describe("much at once", () => {
  it("passes 100 MB each way, whole, with bounded memory", async () => {
    const size = 100 * 1024 * 1024;
    const { stdout } = await stage.run(`head -c ${size} /dev/zero > /tmp/big; curl -sS -T /tmp/big http://a.test/up`);
    expect(stdout).toBe("site /up");
    expect(stage.seen).toMatchObject([{ bodyBytes: size }]);

    const source = createServer((_, response) => {
      let left = size;
      const chunk = Buffer.alloc(64 * 1024, 7);
      const fill = () => {
        while (left > 0) {
          left -= chunk.length;
          if (!response.write(chunk)) return response.once("drain", fill);
        }
        return response.end();
      };
      fill();
    });
    await new Promise<void>((resolve) => source.listen(0, "127.0.0.1", resolve));
    stage.world.places.set("9.9.9.9:80", portOf(source));
    const before = process.memoryUsage().rss;
    const down = await stage.run(
      "for how in -sS -sSp; do curl $how http://a.test/ | perl -ne '$n += tr/\\x07//; END { print \"$n \" }'; done",
    );
    expect(down.stdout).toBe(`${size} ${size} `);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    source.close();
  });

  it("serves 50 connections together, and more than it takes on one after the other", async () => {
    const { stdout } = await stage.run("seq 50 | xargs -P 50 -I{} curl -sS http://a.test/{} | grep -o 'site' | wc -l");
    expect(stdout.trim()).toBe("50");
    stage.reset();
    // 600 are begun before any of them says what it wants; the last ones wait until the first are done.
    const script = `use Socket; my ($port) = $ENV{http_proxy} =~ /(\\d+)$/; my @s;
      for (1 .. 600) { socket(my $s, PF_INET, SOCK_STREAM, 0); connect($s, sockaddr_in($port, INADDR_LOOPBACK)) or die $!; push @s, $s }
      for my $s (@s) { syswrite($s, "GET http://a.test/ HTTP/1.0\\r\\n\\r\\n") }
      my $n = 0; for my $s (@s) { local $/; my $text = <$s>; $n++ if $text =~ /^HTTP.1.1 200 /; close $s } print $n;`;
    expect((await stage.run(`exec perl -e '${script}'`)).stdout).toBe("600");
  });
});

describe("closing", () => {
  const descriptors = async () => (await readdir("/proc/self/fd")).length;
  const connections = () =>
    new Promise<number>((resolve) => stage.site.getConnections((_, count) => resolve(count ?? 0)));

  it("leaves no socket, listener, descriptor or connection, in the middle of whatever", async () => {
    const own = await createSandboxHome({ outside: stage.world });
    const first = await own.open("mine", stage.policy);
    await shell(first, "true", { network: "commands" });
    await first.close();
    stage.policy.lists.setup = ["a.test"];
    const before = await descriptors();
    for (let round = 1; round <= 3; round += 1) {
      const sandbox = await own.open("mine", stage.policy);
      const script = `for i in {1..20}; do exec {fd}<>/dev/tcp/127.0.0.1/$(cut -d: -f3 <<< $http_proxy); printf '${connect}' >&$fd; done; sleep 100`;
      const hanging = [shell(sandbox, script, { network: "commands" }), shell(sandbox, script, { network: "setup" })];
      const outcomes = Promise.allSettled(hanging);
      await until(() => stage.policy.decisions.length >= 40 * round);
      await sandbox.close();
      expect(await readdir(join(own.worktreeDir("mine"), "sockets"))).toEqual([]);
      expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    }
    await until(async () => (await descriptors()) <= before);
    await until(async () => (await connections()) === 0);
    expect(await readFile("/proc/net/unix", "latin1")).not.toContain(`${own.homeDir}`);
    await own.dispose();
  });

  it("in the middle of opening ends that, too", async () => {
    const own = await createSandboxHome({ outside: stage.world });
    const sandbox = await own.open("mine", stage.policy);
    const outcome = Promise.allSettled([shell(sandbox, "true", { network: "commands" })]);
    await sandbox.close();
    expect(await outcome).toMatchObject([{ status: "rejected" }]);
    expect(await readdir(join(own.worktreeDir("mine"), "sockets"))).toEqual([]);
    await own.dispose();
  });
});
