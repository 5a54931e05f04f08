import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withRepositoryLock } from "./lock.ts";

describe("withRepositoryLock", () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "heddle-lock-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it("lets one in at a time, in order, also after a failure", async () => {
    const events: string[] = [];
    const work = (name: string, fails = false) =>
      withRepositoryLock(dir, async () => {
        events.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        events.push(`${name} out`);
        if (fails) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([work("a"), work("b", true), work("c")]);
    expect(events).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await readdir(dir)).toEqual([]);
  });

  it("keeps other processes out, and ends with its holder, however that ends", async () => {
    const holder = holdElsewhere("await new Promise(() => setInterval(() => {}, 1000));");
    await once(holder.stdout, "data");
    let entered = false;
    const waiting = withRepositoryLock(dir, async () => {
      entered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(entered).toBe(false);
    holder.kill("SIGKILL");
    await waiting;
    expect(await readdir(dir)).toEqual([]);
  });

  it("stays with a git that outlives its holder", async () => {
    const done = join(dir, "done");
    const holder = holdElsewhere(`
      const { spawn } = await import("node:child_process");
      const orphan = spawn("sh", ["-c", "sleep 1; touch ${done}"], { detached: true, stdio: ["ignore", "ignore", "ignore", lock.fd] });
      console.log("started");
      await new Promise(() => setInterval(() => {}, 1000));`);
    await outputUntil(holder.stdout, /started/);
    holder.kill("SIGKILL");
    await withRepositoryLock(dir, async () => expect(existsSync(done)).toBe(true));
    await rm(done);
  });

  function holdElsewhere(body: string) {
    const lock = fileURLToPath(new URL("./lock.ts", import.meta.url));
    const program = `import { withRepositoryLock } from ${JSON.stringify(lock)};
      await withRepositoryLock(${JSON.stringify(dir)}, async (lock) => { console.log("locked"); ${body} });`;
    const args = ["--import", "tsx", "--input-type=module", "--eval", program];
    return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  }

  async function outputUntil(stream: AsyncIterable<Buffer>, wanted: RegExp): Promise<string> {
    let text = "";
    for await (const chunk of stream) {
      text += chunk;
      if (wanted.test(text)) break;
    }
    return text;
  }
});
