import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SandboxUnavailable } from "./errors.ts";
import { createSandboxes, type SandboxesOptions } from "./sandboxes.ts";

export type Availability = { ok: true } | { ok: false; reason: string };

/** Starts a sandbox and runs `true` in it. When that fails, `reason` is one sentence for people; commands are then to be refused. */
export async function sandboxAvailable(options: Partial<SandboxesOptions> = {}): Promise<Availability> {
  const folder = await mkdtemp(join(options.homeDir ?? tmpdir(), "sandbox-check-"));
  const sandboxes = createSandboxes({ ...options, homeDir: folder });
  try {
    await mkdir(join(folder, "upstream/objects"), { recursive: true });
    const spec = { threadId: "check", worktreeDir: join(folder, "thread"), upstreamDir: join(folder, "upstream") };
    const sandbox = await sandboxes.open(spec);
    const { exitCode } = await sandbox.exec({ argv: ["true"] });
    return exitCode === 0 ? { ok: true } : { ok: false, reason: "The sandbox starts but does not run commands." };
  } catch (error) {
    if (error instanceof SandboxUnavailable) return { ok: false, reason: error.message };
    throw error;
  } finally {
    await sandboxes.closeAll();
    await rm(folder, { recursive: true, force: true });
  }
}
