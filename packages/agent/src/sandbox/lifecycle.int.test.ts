import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SandboxLost, SandboxUnavailable } from "./errors.ts";
import { createSandboxes, sandboxAvailable } from "./sandboxes.ts";
import { createSandboxHome, processesWith, shell, sleepMarker, until } from "./testing/sandbox-home.ts";

const bwrapLine = "/usr/bin/bwrap\0";
const runnerLine = "/usr/bin/perl\0/heddle/runner\0";
const isRoot = process.getuid?.() === 0;
let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heddle-lifecycle-"));
  await chmod(folder, 0o755);
  program = join(folder, "host-process.mjs");
  const entry = new URL("./testing/host-process.ts", import.meta.url).pathname;
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "esm", minify: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type HostOptions = { uid?: number; gid?: number; node?: string };

function startHost(homeDir: string, script: string, { node, ...identity }: HostOptions = {}): ChildProcess {
  // The last one is a descriptor that the host process has without knowing.
  const stdio: ["ignore", "pipe", "inherit", "pipe"] = ["ignore", "pipe", "inherit", "pipe"];
  return spawn(node ?? process.execPath, [program, homeDir, script], { stdio, cwd: folder, ...identity });
}

async function outcomeOf(host: ChildProcess): Promise<Record<string, unknown>> {
  const [, outcome = "null"] = (await text(host.stdout as Readable)).split("\n");
  return JSON.parse(outcome);
}

describe("one sandbox per thread", () => {
  it("is shared by all who open it, and closed for all", async () => {
    const home = await createSandboxHome();
    const [one, two] = await Promise.all([home.open("a"), home.open("a")]);
    await shell(one, "touch /dev/shm/mark");
    expect(await shell(two, "ls /dev/shm")).toMatchObject({ stdout: "mark\n" });
    await one.close();
    await expect(shell(two, "true")).rejects.toThrow(SandboxLost);
    expect(await shell(await home.open("a"), "ls /dev/shm")).toMatchObject({ exitCode: 0, stdout: "" });
    await home.dispose();
  });

  it("ends after an idle time, not while a command runs, and starts again for the next", async () => {
    const home = await createSandboxHome({ idleMs: 100 });
    const sandbox = await home.open("idle");
    const count = async () => (await processesWith(`${home.homeDir}/worktrees`)).length;
    const present = async () => (await shell(sandbox, "ls /dev/shm")).stdout;
    await shell(sandbox, "touch /dev/shm/mark; sleep 0.5");
    expect(await present()).toBe("mark\n");
    await expect.poll(present, { interval: 400, timeout: 20_000 }).toBe("");
    await home.dispose();
    expect(await count()).toBe(0);
  });

  it("leaves no process when all are closed", async () => {
    const home = await createSandboxHome();
    const marker = sleepMarker();
    const running = ["x", "y"].map(async (id) =>
      shell(await home.open(id), `setsid sleep ${marker} & sleep ${marker}`),
    );
    const ends = Promise.allSettled(running);
    await until(async () => (await processesWith(`sleep\0${marker}`)).length === 4);
    await home.dispose();
    expect(await processesWith(marker)).toEqual([]);
    for (const end of await ends) expect(end).toMatchObject({ status: "rejected", reason: expect.any(SandboxLost) });
  });

  it("refuses a worktree outside Heddle's home", async () => {
    const home = await createSandboxHome();
    const sandboxes = createSandboxes({ homeDir: home.homeDir });
    const upstreamDir = join(home.homeDir, "repos/p/upstream.git");
    await symlink(folder, join(home.homeDir, "way-out"));
    for (const worktreeDir of [join(folder, "t"), join(home.homeDir, "../t"), join(home.homeDir, "way-out/t")]) {
      await expect(sandboxes.open({ threadId: "t", worktreeDir, upstreamDir })).rejects.toThrow("home");
    }
    await home.dispose();
  });
});

describe("a sandbox that gets lost", () => {
  it.each(["bwrap", "the runner"])(
    "when %s is killed: running commands hear it, the next one gets a new sandbox",
    async (which) => {
      const home = await createSandboxHome();
      const sandbox = await home.open("lost");
      const marker = sleepMarker();
      const running = [shell(sandbox, `sleep ${marker}`), shell(sandbox, `setsid sleep ${marker} & wait`)];
      const ends = Promise.allSettled(running);
      await until(async () => (await processesWith(`sleep\0${marker}`)).length === 2);
      process.kill(await sandboxProcess(marker, which === "bwrap" ? bwrapLine : runnerLine), "SIGKILL");
      for (const end of await ends) expect(end).toMatchObject({ status: "rejected", reason: expect.any(SandboxLost) });
      await until(async () => (await processesWith(marker)).length === 0);
      expect(await shell(await home.open("lost"), "echo again")).toMatchObject({ exitCode: 0, stdout: "again\n" });
      expect(await shell(sandbox, "echo too")).toMatchObject({ exitCode: 0, stdout: "too\n" });
      await home.dispose();
    },
  );

  it("leaves nothing behind when the host process is killed", async () => {
    const homeDir = await mkdtemp(join(tmpdir(), "heddle-killed-"));
    const marker = sleepMarker();
    const host = startHost(homeDir, `setsid sleep ${marker} & trap '' TERM HUP; sleep ${marker}; sleep ${marker}`);
    await until(async () => (await processesWith(`sleep\0${marker}`)).length === 2);
    const runner = await sandboxProcess(marker, runnerLine);
    const bwrap = await sandboxProcess(marker, bwrapLine);
    // Not even when the runner cannot see the end of its input.
    process.kill(runner, "SIGSTOP");
    host.kill("SIGKILL");
    await once(host, "exit");
    await until(async () => (await processesWith(marker)).length === 0);
    for (const pid of [runner, bwrap]) await until(() => isGone(pid));
    await rm(homeDir, { recursive: true });
  });
});

describe("where it runs", () => {
  it.runIf(isRoot)("below a folder that only root may enter", async () => {
    const closed = await mkdtemp(join(tmpdir(), "heddle-closed-"));
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
    const homeDir = join(closed, "deep/home");
    await mkdir(homeDir, { recursive: true });
    const home = await createSandboxHome({ homeDir });
    const sandbox = await home.open("t");
    expect(await shell(sandbox, "echo x > a && cat a && ls /heddle/upstream/objects")).toMatchObject({
      exitCode: 0,
      stdout: "x\n",
    });
    expect(await readFile(join(home.worktreeDir("t"), "tree/a"), "utf8")).toBe("x\n");
    await home.dispose();
    await rm(closed, { recursive: true });
  });

  it.runIf(isRoot)("gives files made by the host to the thread, and changes no target of a link", async () => {
    const home = await createSandboxHome();
    const tree = join(home.worktreeDir("t"), "tree");
    await mkdir(join(tree, "sub"), { recursive: true });
    await writeFile(join(tree, "sub/file"), "host");
    await symlink("/etc/hostname", join(tree, "sub/link"));
    const before = (await stat("/etc/hostname")).uid;
    expect(await shell(await home.open("t"), "echo more >> sub/file && cat sub/file")).toMatchObject({
      stdout: "hostmore\n",
    });
    expect((await stat("/etc/hostname")).uid).toBe(before);
    await home.dispose();
  });

  it.runIf(isRoot)("as an ordinary user, from a minified bundle", async () => {
    const homeDir = join(folder, "ordinary");
    await mkdir(homeDir);
    await chown(homeDir, 54_321, 54_321);
    const script =
      "id -u; echo hi > /workspace/a; curl -sS http://a.test/; echo; cat /proc/1/environ; ls /proc/1/fd; ls /proc/self/fd; unshare -Ur true; exit 4";
    const outcome = await outcomeOf(startHost(homeDir, script, { uid: 54_321, gid: 54_321 }));
    expect(outcome).toMatchObject({ exitCode: 4, stdout: "1000\nsite\n0\n1\n2\n3\n", hostUser: 54_321 });
    expect(outcome.stderr).toContain("/proc/1/environ: Permission denied");
    expect(outcome.stderr).toContain("unshare failed");
  });
});

describe("Node outside /usr", () => {
  it("is there inside, with npm and without what lies beside it", async () => {
    const prefix = await mkdtemp(join(tmpdir(), "heddle-node-"));
    await mkdir(join(prefix, "bin"));
    await mkdir(join(prefix, "lib/node_modules/npm/bin"), { recursive: true });
    await copyFile(process.execPath, join(prefix, "bin/node"));
    await writeFile(join(prefix, "bin/secret"), "");
    const npm = join(prefix, "lib/node_modules/npm/bin/npm-cli.js");
    await writeFile(npm, "#!/usr/bin/env node\nconsole.log('npm', process.execPath)\n", { mode: 0o755 });
    const homeDir = join(prefix, "home");
    await mkdir(homeDir);
    const script = "command -v node; npm; ls /opt/node/bin";
    const outcome = await outcomeOf(startHost(homeDir, script, { node: join(prefix, "bin/node") }));
    const stdout = "/opt/node/bin/node\nnpm /opt/node/bin/node\nnode\nnpm\nnpx\n";
    expect(outcome).toMatchObject({ exitCode: 0, stdout });
    await rm(prefix, { recursive: true });
  });
});

describe("a machine that cannot", () => {
  it("is told apart from one that can", async () => {
    expect(await sandboxAvailable()).toEqual({ ok: true });
  });

  it("says in one sentence that bwrap is missing, and runs nothing", async () => {
    const programFolders = [join(folder, "no-programs")];
    expect(await sandboxAvailable({ programFolders })).toEqual({
      ok: false,
      reason: "bubblewrap (the program bwrap) is not installed, so commands cannot be run safely.",
    });
    const home = await createSandboxHome({ programFolders });
    await expect(home.open("t")).rejects.toThrow(SandboxUnavailable);
    await home.dispose();
  });

  it.runIf(isRoot)("says that user namespaces are forbidden", async () => {
    // A bwrap that runs where the kernel allows no more of them.
    const programFolders = [join(folder, "forbidding"), "/usr/bin", "/bin"];
    await mkdir(programFolders[0] ?? "");
    const script = `#!/bin/sh\nexec /usr/bin/bwrap --unshare-user --disable-userns --dev-bind / / -- /usr/bin/bwrap "$@"\n`;
    await writeFile(join(programFolders[0] ?? "", "bwrap"), script, { mode: 0o755 });
    expect(await sandboxAvailable({ programFolders })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("user namespaces"),
    });
  });
});

/** The host's id of the bwrap, or of the runner, above the commands with this marker. */
async function sandboxProcess(marker: string, start: string): Promise<number> {
  let [pid = 0] = await processesWith(`sleep\0${marker}`);
  let found = 0;
  while (pid > 1) {
    if ((await readFile(`/proc/${pid}/cmdline`, "latin1")).startsWith(start)) found = pid;
    pid = Number(/PPid:\t(\d+)/.exec(await readFile(`/proc/${pid}/status`, "latin1"))?.[1]);
  }
  return found;
}

async function isGone(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "State:\tZ");
  return status.includes("State:\tZ");
}
