import { existsSync, renameSync, rmdirSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openStore } from "@heddle/agent/git/store";
import { adoptCopy } from "@heddle/agent/git/worktree-state";
import { readArchive } from "../backup/archive-reader.ts";
import { type FolderWriter, writeFolder } from "../backup/folders.ts";
import type { Manifest } from "../backup/manifest.ts";
import { assertRoomFor, hasFiles } from "../disk.ts";
import { inheritedEnv } from "../env.ts";
import { restoredFile } from "../note-restore.ts";
import { runProgram } from "../run-program.ts";
import { StartFailure } from "../start-failure.ts";
import { writeWhole } from "../whole-file.ts";
import type { DatabaseLoad } from "./database-load.ts";

/** @throws StartFailure unless the backup fits on the disk of a home that does not exist yet */
export function assertRestorable(homeDir: string, manifest: Manifest): void {
  const found = statSync(homeDir, { throwIfNoEntry: false });
  if (found && !found.isDirectory())
    throw new StartFailure(`${homeDir} is not a folder; name another home with --home. Nothing was changed.`);
  if (hasFiles(homeDir)) {
    throw new StartFailure(
      `${homeDir} is not empty; name another home with --home, or put it aside first. Nothing was changed.`,
    );
  }
  // The home comes into being beside its place and is moved there.
  if (found && found.dev !== statSync(dirname(homeDir)).dev)
    throw new StartFailure(`${homeDir} is a disk of its own; name a folder in it with --home. Nothing was changed.`);
  const sizeBytes = manifest.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  assertRoomFor(nearest(homeDir), sizeBytes * 2, "The restored home");
}

function nearest(dir: string): string {
  return existsSync(dir) ? dir : nearest(dirname(dir));
}

/** The secrets, if the archive has them: they are among its first entries, and the new database takes its password from them. */
export async function takeSecrets(file: string, draft: string): Promise<void> {
  for await (const { name, data } of readArchive(file)) {
    if (name === "home/secrets.json") await writeFile(join(draft, "secrets.json"), data, { mode: 0o600 });
    if (!name.startsWith("home/")) return;
  }
}

/** The home while it is being filled. */
export const draftOf = (homeDir: string) => `${homeDir}.restoring`;

/**
 * Fills a draft of a home and a load of a database from a verified archive.
 * @param homeDir where the home will be
 */
export async function fill(file: string, homeDir: string, load: DatabaseLoad, manifest: Manifest): Promise<void> {
  const draft = draftOf(homeDir);
  const good = {
    worktrees: new Set(manifest.worktrees.map(({ threadId }) => threadId)),
    archives: new Set(manifest.archives),
  };
  const folders = createFolders(draft);
  for await (const { name, data } of readArchive(file)) {
    const [kind = "", id = "", piece] = name.split("/");
    if (!/^\w[\w.-]*$/.test(id)) continue;
    if (kind === "database") await load.write(id, data);
    else if (kind === "worktrees" || kind === "archives") {
      if (good[kind].has(id)) await folders.write(`${kind}/${id}`, data);
    } else if (kind === "repos") await folders.write(`repos/${id}`, data);
    else if (kind === "home" && piece !== undefined) await folders.write(id, data);
    else if (kind === "home") await writeFile(join(draft, id), data, { mode: 0o600 });
  }
  await folders.end();
  writeWhole(restoredFile(draft), JSON.stringify({ takenAt: manifest.takenAt, version: manifest.heddleVersion }));
  await load.check();
  await adoptWorktrees(draft, manifest, load);
  await load.moveSources(manifest.homeDir, homeDir);
}

/** Fills one folder after the other. */
function createFolders(draft: string): { write(folder: string, data: Buffer): Promise<void>; end(): Promise<void> } {
  let [name, writer]: [string, FolderWriter | null] = ["", null];
  return {
    async write(folder, data) {
      if (folder !== name) {
        await writer?.end();
        [name, writer] = [folder, writeFolder(join(draft, folder))];
      }
      await writer?.write(data);
    },
    end: async () => writer?.end(),
  };
}

/** Says of the worktrees in a draft that their files are complete, and tells the rows that know them by name. */
async function adoptWorktrees(draft: string, { worktrees }: Manifest, load: DatabaseLoad): Promise<void> {
  for (const { threadId, projectId } of worktrees) {
    const names = await adoptCopy(openStore(draft, projectId), threadId);
    if (names) await load.renameWorktree(threadId, names);
  }
}

/** The draft becomes the home. */
export async function publish(homeDir: string): Promise<void> {
  const draft = draftOf(homeDir);
  const flushed = await runProgram("sync", ["--file-system", draft], { env: inheritedEnv(), timeoutMs: 600_000 });
  if (!flushed.ok) throw new StartFailure(`${draft} could not be written to the disk (${flushed.output.trim()}).`);
  if (existsSync(homeDir)) rmdirSync(homeDir);
  renameSync(draft, homeDir);
}

export function unpublish(homeDir: string): void {
  renameSync(homeDir, draftOf(homeDir));
}
