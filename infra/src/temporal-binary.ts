import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildToolEnv, inheritedEnv } from "./env.ts";
import { withProgress } from "./progress.ts";
import { root } from "./root.ts";
import { runProgram } from "./run-program.ts";
import { StartFailure } from "./start-failure.ts";

/** Later versions of the CLI have replace directives, which `go install` refuses. */
const goPackage = "github.com/temporalio/cli/cmd/temporal@v1.5.1";
const cacheDir = join(root, ".cache", "temporal");
const downloadTimeoutMs = 90_000;
const buildTimeoutMs = 20 * 60_000;

export type TemporalBinary = { path: string; version: string; origin: string };
type Context = { report: (line: string) => void; signal?: AbortSignal };

/**
 * Finds a Temporal server: the configured one, one on PATH, the checkout's own cache; else fetches one into that cache,
 * by the SDK's download or, where that is not reachable, by building it with Go.
 * @throws StartFailure if there is none
 */
export async function findTemporal(configuredPath: string | undefined, context: Context): Promise<TemporalBinary> {
  if (configuredPath) {
    const found = await probe(configuredPath, "HEDDLE_TEMPORAL_BIN");
    if (found) return found;
    throw new StartFailure(
      `HEDDLE_TEMPORAL_BIN names ${configuredPath}, which is not a Temporal server that runs here.`,
    );
  }
  const cached = join(cacheDir, "temporal");
  const found = (await probe("temporal", "PATH")) ?? (await probe(cached, "the checkout's cache"));
  if (found) return found;
  mkdirSync(cacheDir, { recursive: true });
  const draft = mkdtempSync(join(cacheDir, "draft-"));
  try {
    for (const [origin, fetchInto] of [
      ["the Temporal SDK's download", download],
      [`go install ${goPackage}`, buildWithGo],
    ] as const) {
      const file = await fetchInto(draft, context);
      if (file) renameSync(file, cached);
      const fetched = file && (await probe(cached, origin));
      if (fetched) return fetched;
      context.signal?.throwIfAborted();
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  throw new StartFailure(
    "no Temporal server was found, downloaded or built; install the `temporal` command or Go, or set TEMPORAL_ADDRESS.",
  );
}

async function probe(path: string, origin: string): Promise<TemporalBinary | null> {
  if (path.includes("/") && !existsSync(path)) return null;
  const { ok, output } = await runProgram(path, ["--version"], { env: inheritedEnv(), timeoutMs: 20_000 });
  return ok ? { path, origin, version: output.trim() } : null;
}

/** In a process of its own, because the SDK's native part cannot be interrupted. */
async function download(intoDir: string, { report, signal }: Context): Promise<string | null> {
  const require = createRequire(import.meta.url);
  const testing = require.resolve("@temporalio/testing");
  const script = `require(process.argv[1]).TestWorkflowEnvironment.createLocal({
    server: { executable: { type: "cached-download", downloadDir: process.argv[2] } },
  }).then((env) => env.teardown()).then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });`;
  const { ok } = await withProgress("Downloading the Temporal server", report, () =>
    runProgram(process.execPath, ["-e", script, testing, intoDir], {
      env: buildToolEnv({}),
      timeoutMs: downloadTimeoutMs,
      signal,
    }),
  );
  const [name] = ok ? readdirSync(intoDir) : [];
  return name ? join(intoDir, name) : null;
}

async function buildWithGo(intoDir: string, { report, signal }: Context): Promise<string | null> {
  const { ok, output } = await withProgress(
    "Building the Temporal server with Go, once; this takes some minutes",
    report,
    () =>
      runProgram("go", ["install", goPackage], {
        env: buildToolEnv({ GOBIN: intoDir }),
        timeoutMs: buildTimeoutMs,
        signal,
      }),
  );
  if (!ok) report(`  go install did not succeed: ${output.trim().split("\n").at(-1)}`);
  return ok ? join(intoDir, "temporal") : null;
}
