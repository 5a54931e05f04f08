import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createSandboxes, type Sandboxes } from "../../sandbox/sandboxes.ts";
import type { Sandbox } from "../../sandbox/types.ts";
import { openStore, type ProjectStore } from "../store.ts";

const run = promisify(execFile);

/** An ordinary user's git, for making the repositories that tests start from. */
export async function userGit(dir: string, ...args: string[]): Promise<string> {
  const identity = {
    GIT_AUTHOR_NAME: "U",
    GIT_AUTHOR_EMAIL: "u@x",
    GIT_COMMITTER_NAME: "U",
    GIT_COMMITTER_EMAIL: "u@x",
  };
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1", ...identity };
  const { stdout } = await run("git", ["-C", dir, ...args], { env, maxBuffer: 2 ** 26 });
  return stdout;
}

export async function writeFiles(dir: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
}

export async function commitAll(dir: string, message: string): Promise<string> {
  await userGit(dir, "add", "-A");
  await userGit(dir, "commit", "-q", "--allow-empty", "-m", message);
  return (await userGit(dir, "rev-parse", "HEAD")).trim();
}

/** Every path below a folder with its kind, mode and content's hash; names as latin1, so that any bytes do. */
export async function fingerprint(dir: string, skip: (path: string) => boolean = () => false): Promise<string[]> {
  const lines: string[] = [];
  const visit = async (path: Buffer) => {
    const name = path.toString("latin1").slice(Buffer.byteLength(dir) + 1);
    if (skip(name)) return;
    const info = await lstat(path);
    const mode = (info.mode & 0o100777).toString(8);
    if (info.isSymbolicLink()) lines.push(`${name} -> ${(await readlink(path, "latin1")).toString()}`);
    else if (info.isFile()) {
      lines.push(
        `${name} ${mode} ${createHash("sha256")
          .update(await readFile(path))
          .digest("hex")}`,
      );
    } else if (info.isDirectory()) {
      lines.push(`${name}/`);
      for (const entry of await readdir(path, { encoding: "buffer" })) {
        await visit(Buffer.concat([path, Buffer.from("/"), entry as unknown as Buffer]));
      }
    }
  };
  await visit(Buffer.from(dir));
  return lines.sort();
}

export type Shell = (command: string) => Promise<{ exitCode: number | null; stdout: Buffer; text: string }>;

export type TestThread = { sandbox: Sandbox; tree: string; sh: Shell };

export type TestProject = {
  homeDir: string;
  source: string;
  store: ProjectStore;
  sandboxes: Sandboxes;
  /** Runs git on the store of threads. */
  threads(...args: string[]): Promise<string>;
  open(threadId: string): Promise<TestThread>;
  close(): Promise<void>;
};

/** A source repository with one commit on `main`, a store that has fetched it, and sandboxes. */
export async function createProject(
  files: Readonly<Record<string, string | Uint8Array>> = { "README.md": "# Sample\n" },
): Promise<TestProject> {
  const root = await mkdtemp(join(tmpdir(), "heddle-git-"));
  await chmod(root, 0o755);
  const [homeDir, source] = [join(root, "home"), join(root, "source")];
  await mkdir(homeDir);
  await mkdir(source);
  await userGit(source, "init", "-q", "-b", "main");
  await writeFiles(source, files);
  await commitAll(source, "Start");
  const store = openStore(homeDir, "project");
  await store.fetch(source);
  const sandboxes = createSandboxes({ homeDir });
  return {
    homeDir,
    source,
    store,
    sandboxes,
    threads: async (...args) => (await userGit(store.threadsDir, ...args)).trimEnd(),
    open: async (threadId) => {
      const worktreeDir = store.worktreeDir(threadId);
      const sandbox = await sandboxes.open({ threadId, worktreeDir, upstreamDir: store.upstreamDir });
      return { sandbox, tree: join(worktreeDir, "tree"), sh: shellIn(sandbox) };
    },
    close: async () => {
      await sandboxes.closeAll();
      await rm(root, { recursive: true, force: true });
    },
  };
}

function shellIn(sandbox: Sandbox): Shell {
  return async (command) => {
    const chunks: Buffer[] = [];
    const all: Buffer[] = [];
    const { exitCode } = await sandbox.exec({
      argv: ["bash", "-c", command],
      timeoutMs: 60_000,
      onOutput: (chunk, stream) => {
        all.push(chunk);
        if (stream === "stdout") chunks.push(chunk);
      },
    });
    return { exitCode, stdout: Buffer.concat(chunks), text: Buffer.concat(all).toString() };
  };
}
