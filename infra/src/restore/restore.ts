import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../backup/manifest.ts";
import type { Env } from "../env.ts";
import { homePaths, openHome } from "../home.ts";
import { lockHome } from "../home-lock.ts";
import { freePort } from "../ports.ts";
import { createPostgres, databaseName, ensureDatabase } from "../postgres.ts";
import { type DatabaseLoad, openLoad } from "./database-load.ts";
import { draftOf, fill, publish, takeSecrets, unpublish } from "./fill.ts";

type Restore = { file: string; homeDir: string; env: Env; manifest: Manifest; report: (line: string) => void };

/**
 * Makes a home, and fills its own database or the operator's empty one, from a verified archive. Everything comes into
 * being beside its place and goes there at the end: a failure or a kill leaves neither half a home nor half a database.
 */
export async function restore(options: Restore): Promise<void> {
  const { file, homeDir, env, report } = options;
  const draft = draftOf(homeDir);
  const isLeft = existsSync(draft);
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const lock = await lockHome(draft, "a backup is restored into it");
  try {
    if (isLeft) report(`Removing what a restore that was cut has left in ${draft}`);
    const names = (await readdir(draft)).filter((name) => join(draft, name) !== homePaths(draft).runDir);
    for (const name of names) await rm(join(draft, name), { recursive: true, force: true });
    await takeSecrets(file, draft);
    const home = openHome(draft, report);
    if (env.DATABASE_URL) await restoreIntoServer(options, env.DATABASE_URL);
    else await restoreIntoHome(options, home);
  } finally {
    await rm(draft, { recursive: true, force: true });
    lock.release();
  }
}

async function restoreIntoHome({ file, homeDir, manifest }: Restore, home: ReturnType<typeof openHome>) {
  const postgres = await createPostgres(
    { dataDir: home.postgresDir, port: await freePort(), password: home.secrets.postgresPassword },
    { runDir: home.runDir, logsDir: home.logsDir, report: () => undefined, endWithParent: true },
  );
  await postgres.service.start();
  try {
    await ensureDatabase(postgres, databaseName);
    await loadInto(postgres.url(), manifest, async (load) => {
      await fill(file, homeDir, load, manifest);
      await load.commit();
    });
  } finally {
    await postgres.service.stop();
  }
  await publish(homeDir);
}

/** The home comes first: without it the database would name worktrees that are not there. */
async function restoreIntoServer({ file, homeDir, manifest }: Restore, databaseUrl: string): Promise<void> {
  await loadInto(databaseUrl, manifest, async (load) => {
    await fill(file, homeDir, load, manifest);
    await publish(homeDir);
    await load.commit().catch((error) => {
      unpublish(homeDir);
      throw error;
    });
  });
}

async function loadInto(url: string, manifest: Manifest, work: (load: DatabaseLoad) => Promise<void>): Promise<void> {
  const load = await openLoad(url, manifest);
  try {
    await work(load);
  } catch (error) {
    // The first failure is the one to tell.
    await load.abandon().catch(() => undefined);
    throw error;
  }
}
