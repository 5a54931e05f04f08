import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandboxHome, shell, until } from "./testing/sandbox-home.ts";

/** A control group made for this test where the machine lets us: v1's pids controller, or a v2 tree that offers it. */
const roots = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];
let parent: string | null = null;

beforeAll(async () => {
  for (const root of roots) {
    const folder = join(root, `heddle-test-${process.pid}`);
    const made = await mkdir(folder).then(
      () => true,
      () => false,
    );
    if (made && existsSync(join(folder, "pids.max"))) {
      parent = folder;
      return;
    }
    if (made) await rmdir(folder);
  }
});
afterAll(async () => {
  if (parent !== null) await rmdir(parent);
});

describe("control groups", () => {
  it("hold a sandbox with all its processes, limit them, and go with it", async ({ skip }) => {
    if (parent === null) return skip("this machine offers no writable control group");
    const home = await createSandboxHome({ cgroups: [parent], limits: { processes: 50 } });
    const sandbox = await home.open("grouped");
    const folder = join(parent, "grouped");
    expect(await readFile(join(folder, "pids.max"), "utf8")).toBe("306\n");
    const running = shell(sandbox, "for i in {1..20}; do sleep 1000 & done; wait", { timeoutMs: 1_000 });
    // The sleeps, their shell, its supervisor, the runner, bwrap outside.
    await until(async () => (await readFile(join(folder, "pids.current"), "utf8")) === "24\n");
    await running;
    await writeFile(join(folder, "pids.max"), "10");
    expect(await shell(sandbox, "for i in {1..20}; do sleep 1000 & done", { timeoutMs: 1_000 })).toMatchObject({
      stderr: expect.stringContaining("fork: "),
    });
    await home.dispose();
    await until(() => !existsSync(folder));
  });

  it("are not taken away from a sandbox that is started while the one before it ends", async ({ skip }) => {
    if (parent === null) return skip("this machine offers no writable control group");
    const home = await createSandboxHome({ cgroups: [parent] });
    for (let round = 0; round < 20; round += 1) {
      const ending = (await home.open("again")).close();
      const sandbox = await home.open("again");
      expect(await shell(sandbox, "true")).toMatchObject({ exitCode: 0 });
      expect(await readFile(join(parent, "again", "pids.current"), "utf8")).not.toBe("0\n");
      await ending;
    }
    await home.dispose();
    await until(() => !existsSync(join(parent ?? "", "again")));
  });

  it("get the memory limit in the words of v1 and of v2", async () => {
    const fake = await mkdtemp(join(tmpdir(), "heddle-cgroup-"));
    const files = { one: "memory.limit_in_bytes", two: "memory.max" };
    for (const [version, file] of Object.entries(files)) {
      await mkdir(join(fake, version, "t"), { recursive: true });
      await writeFile(join(fake, version, "t", file), "max");
    }
    const cgroups = [join(fake, "one"), join(fake, "two")];
    const home = await createSandboxHome({ cgroups, limits: { memoryBytes: 123_456_789 } });
    expect(await shell(await home.open("t"), "true")).toMatchObject({ exitCode: 0 });
    for (const [version, file] of Object.entries(files)) {
      expect(await readFile(join(fake, version, "t", file), "utf8")).toBe("123456789");
      expect(await readFile(join(fake, version, "t/cgroup.procs"), "utf8")).toMatch(/^\d+\n$/);
    }
    await home.dispose();
    await rm(fake, { recursive: true });
  });
});
