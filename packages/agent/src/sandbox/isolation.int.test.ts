import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSandboxHome, type SandboxHome, shell } from "./testing/sandbox-home.ts";
import type { Sandbox } from "./types.ts";

const secret = `secret-${randomUUID()}`;
let home: SandboxHome;
let sandbox: Sandbox;
let other: Sandbox;

beforeAll(async () => {
  vi.stubEnv("HEDDLE_TEST_SECRET", secret);
  home = await createSandboxHome();
  await writeFile(join(home.homeDir, "secrets.json"), secret);
  sandbox = await home.open("mine");
  other = await home.open("other");
  await shell(other, `for f in /workspace ~ /tmp /dev/shm; do echo ${secret} > $f/private; done`);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await home.dispose();
});

describe("reading", () => {
  it("shows only the folders that were given", async () => {
    const usual = [
      "bin",
      "dev",
      "etc",
      "heddle",
      "home",
      "lib",
      "proc",
      "run",
      "sbin",
      "tmp",
      "usr",
      "var",
      "workspace",
    ];
    const machine = ["lib32", "lib64", "libx32", "opt"];
    const found = (await shell(sandbox, "ls /")).stdout.trim().split("\n");
    expect(found.filter((name) => !machine.includes(name))).toEqual(usual);
    expect((await shell(sandbox, "ls /home /run; ls -A /var /heddle /heddle/upstream")).stdout).toBe(
      "/home:\nagent\n\n/run:\n/heddle:\nnetwork\nrunner\nupstream\n\n/heddle/upstream:\nobjects\n\n/var:\ntmp\n",
    );
  });

  it("does not reach files of the host or of another thread, whichever way", async () => {
    const targets = [
      join(home.homeDir, "secrets.json"),
      join(home.worktreeDir("other"), "tree/private"),
      join(home.worktreeDir("other"), "home/private"),
    ];
    for (const target of targets) expect(await readFile(target, "utf8")).toContain(secret);
    await symlink(home.homeDir, join(home.worktreeDir("mine"), "tree/link"));
    const ways = targets.flatMap((path) => [
      path,
      `/proc/1/root${path}`,
      `/proc/self/root${path}`,
      `/proc/1/cwd${path}`,
    ]);
    const script = `
      for path in "$@" /workspace/link/secrets.json /workspace/../../secrets.json /tmp/../secrets.json; do cat "$path"; done
      cat /workspace/private /tmp/private ~/private /dev/shm/private
      cat /etc/shadow; ls /root ${home.homeDir}; find / '(' -path /proc -o -path /usr ')' -prune -o -name 'secrets.json*' -exec cat {} +
      find /proc -maxdepth 2 -name root -exec ls {}${home.homeDir} ';'`;
    let text = "";
    const argv = ["bash", "-c", script, "bash", ...ways];
    await sandbox.exec({ argv, onOutput: (chunk) => (text += chunk.toString()) });
    expect(text).not.toContain(secret);
    expect(text.match(/No such file|Permission denied/g)?.length).toBeGreaterThan(ways.length + 6);
  });

  it("finds no word of Heddle's environment", async () => {
    const result = await shell(
      sandbox,
      "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/[0-9]*/task/*/environ; strings /proc/1/mem; cat /proc/1/environ",
    );
    expect(result.stdout).not.toContain(secret);
    expect(result.stdout).not.toContain("HEDDLE");
    expect(result.stderr).toContain("/proc/1/environ: Permission denied");
    const names = (await shell(sandbox, "env -0 | tr '\\n\\0' ' \\n' | cut -d= -f1 | sort")).stdout.trim().split("\n");
    expect(names).toEqual(["HOME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "SHLVL", "TERM", "USER", "_"]);
  });

  it("sees no process of the host or of another thread", async () => {
    const { stdout } = await shell(
      sandbox,
      'set -- /proc/[0-9]*/comm; for file; do read -r name < "$file"; echo "$name"; done',
    );
    // The runner, the command's supervisor, the command.
    expect(stdout).toBe("perl\nperl\nbash\n");
  });
});

describe("writing", () => {
  it("changes nothing but its own worktree, home and tmp", async () => {
    const outside = [
      "/",
      "/usr/",
      "/usr/bin/",
      "/etc/",
      "/heddle/",
      "/heddle/upstream/objects/",
      "/dev/",
      "/run/",
      "/var/",
    ];
    const script = `
      for folder in "$@"; do echo x > "$folder"escape && echo "WROTE $folder"; done
      echo x >> /heddle/runner && echo WROTE runner
      echo x >> /etc/passwd && echo WROTE passwd
      rm -f /usr/bin/true /etc/hosts; mv /workspace /elsewhere; chmod 777 /usr
      for file in /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sysrq-trigger /proc/1/oom_score_adj; do
        echo x > $file && echo "WROTE $file"; done
      for file in /workspace/ok ~/ok /tmp/ok /dev/shm/ok /var/tmp/ok; do echo x > $file || echo "NO $file"; done`;
    let text = "";
    const argv = ["bash", "-c", script, "bash", ...outside, `${home.homeDir}/`, `${home.worktreeDir("other")}/tree/`];
    await sandbox.exec({ argv, onOutput: (chunk) => (text += chunk.toString()) });
    expect(text).not.toMatch(/WROTE|NO /);
    expect(await readdir(home.homeDir)).not.toContain("escape");
    expect(await readdir(join(home.worktreeDir("other"), "tree"))).toEqual(["private"]);
    expect(existsSync("/usr/escape")).toBe(false);
    expect(await shell(sandbox, "true")).toMatchObject({ exitCode: 0 });
  });

  it("leaves files that belong to the thread's own user, closed to others", async () => {
    const [mine, theirs] = await Promise.all([
      stat(join(home.worktreeDir("mine"), "tree")),
      stat(join(home.worktreeDir("other"), "tree")),
    ]);
    expect(mine.mode & 0o777).toBe(0o700);
    if (process.getuid?.() !== 0) return expect(mine.uid).toBe(process.getuid?.());
    expect(mine.uid).toBeGreaterThan(65_536);
    expect(mine.uid).not.toBe(theirs.uid);
  });
});

describe("network", () => {
  /** Says "connected" for each address that lets it in; "abstract:" names an abstract unix socket. */
  const probe = `
    use Socket;
    for (@ARGV) {
      my ($kind, $where, $port) = split /\\|/;
      if ($kind eq "tcp") { socket(S, PF_INET, SOCK_STREAM, 0); print "connected $_\\n" if connect(S, sockaddr_in($port, inet_aton($where))) }
      else { socket(S, PF_UNIX, SOCK_STREAM, 0); print "connected $_\\n" if connect(S, sockaddr_un(($kind eq "abstract" ? "\\0" : "") . $where)) }
    }`;
  const servers: Server[] = [];
  let connections = 0;

  const listen = async (where: { port: number; host: string } | { path: string }) => {
    const server = createServer((socket) => {
      connections += 1;
      socket.on("error", () => {});
      socket.end(secret);
    });
    servers.push(server);
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(where, resolve));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };
  afterAll(async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  });

  let listener: ChildProcess | undefined;
  afterAll(() => listener?.kill("SIGKILL"));

  it("reaches no listener of the host: TCP on any address, unix sockets by path or abstract name", async () => {
    const port = await listen({ port: 0, host: "0.0.0.0" });
    const postgres = join(home.homeDir, "postgres/.s.PGSQL.5432");
    const abstract = `heddle-${randomUUID()}`;
    await mkdir(join(home.homeDir, "postgres"));
    await listen({ path: postgres });
    listener = spawn("perl", ["-e", listenOnAbstract, abstract], { stdio: ["ignore", "pipe", "inherit"] });
    await once(listener.stdout as Readable, "data");
    const ipv4 = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family }) => family === "IPv4");
    const tcp = ["127.0.0.1", ...ipv4.map(({ address }) => address)].map((address) => `tcp|${address}|${port}`);
    const places = [...tcp, `path|${postgres}`, `abstract|${abstract}`];

    // Asynchronous on purpose: the listeners live in this process.
    const fromHost = await run("perl", ["-e", probe, ...places]);
    expect(fromHost.trim().split("\n")).toHaveLength(places.length);
    await expect.poll(() => connections).toBe(places.length - 1);

    let fromInside = "";
    const argv = ["perl", "-e", probe, ...places];
    const result = await sandbox.exec({ argv, onOutput: (chunk) => (fromInside += chunk.toString()) });
    expect(result.exitCode).toBe(0);
    expect(fromInside).toBe("");
    expect(connections).toBe(places.length - 1);
  });

  it("has a loopback of its own and no other interface", async () => {
    const result = await shell(sandbox, "tail -n +3 /proc/net/dev | cut -d: -f1; tail -n +2 /proc/net/route");
    expect(result.stdout.trim()).toBe("lo");
    const server = "require('net').createServer(s=>s.end('own')).listen(7000,'127.0.0.1',()=>console.log('up'))";
    const script = `node -e "${server}" > up & until grep -q up up; do sleep 0.05; done; cat < /dev/tcp/127.0.0.1/7000`;
    expect((await shell(sandbox, script)).stdout).toBe("own");
  });

  it("shares no socket of one thread with another", async () => {
    const listening = shell(other, `perl -e '${listenOnAbstract}' between`, {
      timeoutMs: 20_000,
      onOutput: () => ready(),
    });
    let ready = () => {};
    await new Promise<void>((resolve) => {
      ready = resolve;
    });
    expect((await shell(sandbox, `perl -e '${probe}' 'abstract|between'`)).stdout).toBe("");
    expect((await shell(other, `perl -e '${probe}' 'abstract|between'`)).stdout).toContain("connected");
    expect((await listening).exitCode).toBe(0);
  });
});

describe("rights", () => {
  it("has no capability, cannot gain any, and may not make a user namespace", async () => {
    const status = (await shell(sandbox, "cat /proc/self/status")).stdout;
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
      expect(status).toMatch(new RegExp(`${set}:\\s0+\\n`));
    expect(status).toMatch(/NoNewPrivs:\s1\n/);
    for (const attempt of [
      "unshare -Ur true",
      "unshare -m true",
      "unshare -n true",
      "unshare -p --fork true",
      "bwrap --unshare-user --ro-bind / / true",
      "mount -t tmpfs x /tmp",
      "mount --bind /usr /workspace",
      "mount -o remount,rw /usr",
      "umount /usr",
      "umount -l /proc",
      "chroot / true",
      "mknod /tmp/disk b 8 0",
      "hostname other",
      "nsenter -t 1 -m true",
      "setpriv --reuid 0 true",
      "chown 0:0 /workspace",
      "dmesg",
    ]) {
      const { exitCode } = await shell(sandbox, `PATH=$PATH:/usr/sbin; ${attempt}`);
      expect([attempt, exitCode === 0]).toEqual([attempt, false]);
    }
  });

  it("has only the kinds of sockets that a network namespace holds, and no way around", async () => {
    const families = { unix: 1, inet: 2, inet6: 10, netlink: 16, alg: 38, vsock: 40, bluetooth: 31, packet: 17 };
    const script = `use Socket; for (@ARGV) { print socket(S, $_, SOCK_STREAM, 0) || $!{EPROTONOSUPPORT} || $!{ESOCKTNOSUPPORT} ? "ok " : $! + 0 . " " }`;
    let text = "";
    const argv = ["perl", "-MErrno", "-e", script, ...Object.values(families).map(String)];
    await sandbox.exec({ argv, onOutput: (chunk) => (text += chunk.toString()) });
    expect(text).toBe("ok ok ok ok 97 97 97 97 ");
    const ioUring = await shell(sandbox, `perl -e 'my $p = "\\0" x 120; syscall(425, 4, $p); print $! + 0'`);
    expect(ioUring.stdout).toBe("38");
  });

  it("keeps the protocol's descriptors from commands and PID 1's from everyone", async () => {
    const own = await sandbox.exec({
      argv: ["perl", "-e", "opendir D, '/proc/self/fd'; exit scalar grep { /^\\d+$/ } readdir D"],
    });
    // 0, 1, 2 and the one that reads the folder
    expect(own.exitCode).toBe(4);
    const exitFrame = "0000000805ID0000000000000000";
    const result = await shell(
      sandbox,
      `for pid in 1 $PPID; do
         ls /proc/$pid/fd && echo LISTED; ls /proc/$pid/map_files && echo LISTED
         for fd in {0..40}; do printf '%s' ${exitFrame} > /proc/$pid/fd/$fd && echo WROTE; done
         head -c1 /proc/$pid/mem && echo MEM; readlink /proc/$pid/exe /proc/$pid/cwd /proc/$pid/root && echo LINKS
         perl -e '${grab}' $pid
       done 2>/dev/null; exit 9`,
    );
    expect(result).toMatchObject({ stdout: "", exitCode: 9 });
    // The same attempts succeed against a process that does not guard itself, so they are real ones.
    const control = await shell(sandbox, `sleep 100 & ls /proc/$!/fd > /dev/null && echo LISTED; perl -e '${grab}' $!`);
    expect(control.stdout).toBe("LISTED\nGRABBED\nATTACHED\n");
  });

  it("has no groups, terminal or core dumps of the host, and goes first when memory runs out", async () => {
    const { stdout } = await shell(
      sandbox,
      "id -G; tty; grep -c . /etc/passwd; cat /proc/self/oom_score_adj; kill -SEGV $$",
    );
    expect(stdout).toMatch(/^1000( 65534)?\nnot a tty\n3\n1000\n$/);
    expect((await shell(sandbox, "ls -A /workspace")).stdout).not.toContain("core");
  });
});

/** Takes descriptor 0 of a process by pidfd_getfd, then attaches to it by ptrace. */
const grab = `
  my $pid = shift() + 0;
  my $handle = syscall(434, $pid, 0);
  for my $fd (0 .. 20) { if (syscall(438, $handle, $fd, 0) >= 0) { print "GRABBED\\n"; last } }
  print "ATTACHED\\n" if syscall(${process.arch === "arm64" ? 117 : 101}, 16, $pid, 0, 0) == 0;`;

/** Listens on an abstract unix socket, whose name is its argument, until a connection is closed from the other side. */
const listenOnAbstract = `
  use Socket; $| = 1;
  socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un(chr(0) . shift)) or die; listen(S, 5); print "listening\n";
  accept(C, S); <C>`;

function run(file: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}
