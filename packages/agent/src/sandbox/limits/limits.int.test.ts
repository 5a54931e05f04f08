import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, copyFile, mkdtemp, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeCgroupParents } from "../cgroup-parents.ts";
import type { SandboxesOptions } from "../sandboxes.ts";
import { createSandboxHome, type SandboxHome, shell } from "../testing/sandbox-home.ts";

const mebi = 2 ** 20;
const limits = { memoryBytes: 300 * mebi, diskBytes: 200 * mebi };
const limited = { limited: true } as const;

/** Takes so many MiB of memory, page by page, and keeps them. */
const take = (size: number) =>
  `perl -e 'my @kept; push @kept, "x" x 1048576 for 1 .. ${size}; print "took\\n"; sleep 3'`;
/** Writes so many files of 1 MiB, slowly enough to be noticed. */
const write = (count: number) =>
  `for i in $(seq ${count}); do head -c 1048576 /dev/zero >f$i || exit 1; [ $((i % 20)) -gt 0 ] || sleep 0.1; done; echo wrote`;

let home: SandboxHome;
afterEach(() => home.dispose());

async function open(options: Partial<SandboxesOptions> = {}) {
  home = await createSandboxHome({ limits, ...options });
  return { greedy: await home.open("greedy"), modest: await home.open("modest") };
}

/** Where no control group is to be had, the watch must do; where one is, both are tried. */
const parents = await makeCgroupParents(`heddle-test-${process.pid}`);
afterAll(async () => {
  for (const parent of parents) await rmdir(parent);
});

const holders: [string, string[]][] = [
  ["a watch", []],
  ...(parents.length > 0 ? [["control groups", parents] as [string, string[]]] : []),
];
describe.each(holders)("memory, held by %s", (_name, cgroups) => {
  it("ends what takes too much, and that alone", async () => {
    const { greedy, modest } = await open({ cgroups });
    const steady = shell(modest, take(100), limited);
    expect(await shell(greedy, take(2_000), limited)).toMatchObject({ limit: "memory", stdout: "" });
    expect(await steady).toMatchObject({ exitCode: 0, limit: null, stdout: "took\n" });
    // The sum counts, not the single process.
    const many = Array.from({ length: 4 }, () => `${take(120)} &`).join(" ");
    const together = await shell(greedy, `${many} wait`, limited);
    expect(together.stdout.match(/took/g)?.length ?? 0).toBeLessThan(4);
    expect(await shell(greedy, take(50), limited)).toMatchObject({ exitCode: 0, limit: null });
  });

  it("ends commands only, however small each is", async () => {
    const { greedy } = await open({ cgroups, limits: { ...limits, memoryBytes: 40 * mebi } });
    const many = await shell(greedy, "for i in $(seq 250); do { sleep 2; :; } & done; wait; echo all", limited);
    expect(many).toMatchObject({ timedOut: false });
    expect(await shell(greedy, "echo on", limited)).toMatchObject({ exitCode: 0, stdout: "on\n" });
  });

  it("counts what another thread than the first of a process has started", async () => {
    const { greedy } = await open({ cgroups });
    const script = `node -e 'new (require("worker_threads").Worker)("require(\\"child_process\\").spawnSync(\\"sh\\", [\\"-c\\", process.env.TAKE], { stdio: \\"inherit\\" })", { eval: true })'`;
    const result = await shell(greedy, script, { ...limited, env: { TAKE: take(2_000) } });
    expect(result.stdout).toBe("");
  });
});

describe("disk", () => {
  it("ends a command that outgrows it; what is there can be removed, and work goes on", async () => {
    const { greedy, modest } = await open();
    const steady = shell(modest, write(30), limited);
    expect(await shell(greedy, write(3_000), limited)).toMatchObject({ limit: "disk", stdout: "" });
    expect(await steady).toMatchObject({ exitCode: 0, limit: null, stdout: "wrote\n" });
    expect(await shell(greedy, "ls | wc -l; rm -f f*; ls", limited)).toMatchObject({ exitCode: 0, limit: null });
    expect(await shell(greedy, write(30), limited)).toMatchObject({ exitCode: 0, limit: null });
  });

  it("holds for one file at once, and for Heddle's own commands not at all while they only read", async () => {
    const { greedy } = await open();
    const one = await shell(greedy, "head -c 250M /dev/zero >/tmp/one", limited);
    expect(one).toMatchObject({ limit: "disk" });
    expect(await shell(greedy, "stat -c %s /tmp/one; rm /tmp/one")).toMatchObject({ stdout: `${200 * mebi}\n` });
    expect(await shell(greedy, "true")).toMatchObject({ exitCode: 0, limit: null });
  });

  it("keeps a reserve of the file system from whoever still grows", async () => {
    const { greedy, modest } = await open({ limits: { ...limits, diskBytes: 2 ** 40, diskReserveBytes: 2 ** 60 } });
    const steady = shell(modest, "sleep 3; echo slept", limited);
    expect(await shell(greedy, write(3_000), limited)).toMatchObject({ limit: "disk" });
    expect(await steady).toMatchObject({ exitCode: 0, limit: null, stdout: "slept\n" });
  });
});

/** Writes so many files of 10 MiB, removes each and does something to keep it, slowly enough to be noticed. */
const hide = (count: number, keep = "push @kept, $file") =>
  `perl -e 'my @kept; for (1 .. ${count}) { open(my $file, "+>", "gone") or die; unlink "gone"; print $file "x" x 1048576 for 1 .. 10; ${keep}; select(undef, undef, undef, 0.2) } print "hid\n"'`;
const mmap = process.arch === "arm64" ? 222 : 9;
const readCall = process.arch === "arm64" ? 63 : 0;
const mapPage = `syscall(${mmap}, 0, 4096, 1, 2, fileno($file), 0) > 0 or die`;
/** Makes so many empty files, slowly enough to be noticed. */
const touch = (count: number) =>
  `mkdir many && perl -e 'for (1 .. ${count}) { open(my $file, ">", "many/$_") or die; select(undef, undef, undef, 0.2) unless $_ % 5000 } print "made\n"'`;

/** Fills memory that belongs to no process, or to all of them, MiB by MiB. */
const memfd = process.arch === "arm64" ? 279 : 319;
const nowhere = (size: number) =>
  `perl -e 'my ($name, @kept) = ("x"); for (1 .. ${size} / 50) { open(my $file, ">&=", syscall(${memfd}, $name, 0)) or die; push @kept, $file; syswrite($file, "x" x 1048576) for 1 .. 50; select(undef, undef, undef, 0.1) } print "filled\\n"'`;
const between = (size: number) =>
  `perl -e 'my $at = syscall(${mmap}, 0, ${size} << 20, 3, 0x21, -1, 0); open(my $zero, "<", "/dev/zero"); for (0 .. ${size} - 1) { syscall(${readCall}, fileno($zero), $at + ($_ << 20), 1 << 20) == 1 << 20 or die; select(undef, undef, undef, 0.1) unless $_ % 50 } print "filled\\n"'`;

describe.each(holders)("shared memory, held by %s", (_name, cgroups) => {
  it.each([
    ["of no process", nowhere],
    ["of several", between],
  ])("%s counts", async (_kind, fill) => {
    const { greedy, modest } = await open({ cgroups });
    const steady = shell(modest, take(100), limited);
    expect(await shell(greedy, fill(2_000), limited)).toMatchObject({ limit: "memory", stdout: "" });
    expect(await steady).toMatchObject({ exitCode: 0, limit: null, stdout: "took\n" });
    expect(await shell(greedy, fill(100), limited)).toMatchObject({ exitCode: 0, limit: null, stdout: "filled\n" });
  });
});

describe("what does not show", () => {
  it("counts: files that are removed and still open", async () => {
    const { greedy, modest } = await open();
    const steady = shell(modest, write(30), limited);
    expect(await shell(greedy, hide(100), limited)).toMatchObject({ limit: "disk", stdout: "" });
    expect(await steady).toMatchObject({ exitCode: 0, limit: null, stdout: "wrote\n" });
    expect(await shell(greedy, hide(5), limited)).toMatchObject({ exitCode: 0, limit: null, stdout: "hid\n" });
  });

  it("counts: such files that are mapped only", async () => {
    const { greedy } = await open();
    expect(await shell(greedy, hide(100, mapPage), limited)).toMatchObject({ limit: "disk", stdout: "" });
  });

  it("counts: files without content", async () => {
    const { greedy, modest } = await open({ limits: { ...limits, files: 10_000 } });
    const steady = shell(modest, write(30), limited);
    expect(await shell(greedy, touch(400_000), limited)).toMatchObject({ limit: "disk", stdout: "" });
    expect(await steady).toMatchObject({ exitCode: 0, limit: null, stdout: "wrote\n" });
    expect(await shell(greedy, "rm -rf many; echo removed", limited)).toMatchObject({
      limit: null,
      stdout: "removed\n",
    });
  });

  it("is not to be had: disk taken at once, by the system's call or its older names", async () => {
    const { greedy } = await open();
    const { exitCode, stderr } = await shell(greedy, "fallocate -l 100M taken");
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("not supported") });
    const reserve = "my $where = pack('ssqqlLx16', 0, 0, 0, 100 << 20, 0, 0); ioctl($file, 0x4030582a, $where)";
    const older = await shell(greedy, `perl -e 'open(my $file, "+>", "taken"); ${reserve} or print $!'; du -k taken`);
    expect(older.stdout).toMatch(/^Operation not supported0\t/);
  });
});

describe.skipIf(process.getuid?.() !== 0)("as an ordinary user", () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-limits-"));
    await chmod(folder, 0o755);
    program = join(folder, "host.mjs");
    const entry = new URL("../testing/host-process.ts", import.meta.url).pathname;
    await build({
      entryPoints: [entry],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      minify: true,
    });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ["memory", take(2_000)],
    ["disk", write(3_000)],
    ["disk", hide(100)],
  ])("the limit of %s holds, too", async (limit, script) => {
    home = await createSandboxHome();
    const homeDir = await mkdtemp(join(folder, "home-"));
    await chown(homeDir, 65_534, 65_534);
    // The running one may lie where others may not go.
    const node = join(folder, "node");
    await copyFile(process.execPath, node);
    const child: ChildProcess = spawn(node, [program, homeDir, script, JSON.stringify(limits)], {
      cwd: folder,
      uid: 65_534,
      gid: 65_534,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    child.stdout?.on("data", (chunk) => {
      printed += chunk;
    });
    await once(child, "close");
    expect(JSON.parse(printed.split("\n")[1] ?? "")).toMatchObject({ hostUser: 65_534, limit });
  });
});
