import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { openStore } from "@heddle/agent/git/store";
import { isPrepared } from "@heddle/agent/git/worktree-state";
import type { HomePaths } from "../home.ts";
import { readHostId } from "../host-id.ts";
import { version } from "../version.ts";
import { type ArchiveWriter, createArchive } from "./archive-writer.ts";
import { dumpDatabase, type RestingThread, type Snapshot, stillResting } from "./database-dump.ts";
import { readFolder, UnreadableFolder } from "./folders.ts";
import { archivedThreads, plainFolders, storeParts, worktreeParts } from "./home-files.ts";
import { type Manifest, manifestName } from "./manifest.ts";

export type BackupOptions = {
  databaseUrl: string;
  home: HomePaths;
  withSecrets: boolean;
  withWorktrees: boolean;
  report: (line: string) => void;
};

/**
 * Writes a backup of a home and its database, which may be in use.
 *
 * Rows first, then stores, then worktrees: what a row names was made before the row, and objects are never removed, so
 * the stores hold at least what the rows say; what they hold beyond is like the traces of a worker that was killed just
 * before it could write its row, and taken up in the same way. Archives come and go with their rows, so they are read
 * before and after. A worktree has no such order: it counts only if its thread
 * has not done anything since the rows were read, else its files come from the checkpoint that the rows name.
 */
export async function takeBackup(file: string, options: BackupOptions): Promise<Manifest> {
  const { databaseUrl, home, report } = options;
  const archive = createArchive(file);
  try {
    await addFiles(archive, options);
    const before = await addArchives(archive, home, []);
    const snapshot = await dumpDatabase(databaseUrl, archive);
    const archives = await addArchives(archive, home, before);
    report(`  ${snapshot.tables.reduce((sum, { rows }) => sum + rows, 0)} rows of ${snapshot.tables.length} tables`);
    for (const projectId of snapshot.projectIds) await addStore(archive, home, projectId);
    const worktrees = options.withWorktrees ? await addWorktrees(archive, options, snapshot.resting) : [];
    report(`  the stores of ${snapshot.projectIds.length} projects, the files of ${worktrees.length} worktrees`);
    for (const name of plainFolders(home.dir))
      await archive.addStream(`home/${name}`, readFolder(join(home.dir, name)));
    const manifest = manifestOf(snapshot, { ...options, worktrees, archives, entries: [...archive.entries] });
    await archive.add(manifestName, JSON.stringify(manifest));
    await archive.finish();
    return manifest;
  } catch (error) {
    await archive.abandon();
    throw error;
  }
}

async function addStore(archive: ArchiveWriter, home: HomePaths, projectId: string): Promise<void> {
  const dir = join(home.reposDir, projectId);
  const parts = existsSync(dir) ? storeParts(dir) : { names: [], except: [] };
  // A project that has not been cloned yet has none.
  if (parts.names.length > 0) await archive.addStream(`repos/${projectId}`, readFolder(dir, parts));
}

/** @returns the threads whose archives are in it now, those of `known` among them */
async function addArchives(archive: ArchiveWriter, home: HomePaths, known: string[]): Promise<string[]> {
  const good = [...known];
  for (const threadId of archivedThreads(home.dir).filter((id) => !known.includes(id))) {
    const dir = join(home.dir, "archives", threadId);
    try {
      await archive.addStream(`archives/${threadId}`, readFolder(dir));
      good.push(threadId);
    } catch (error) {
      // Restored or removed in this moment, together with its row.
      if (!(error instanceof UnreadableFolder) || existsSync(dir)) throw error;
    }
  }
  return good;
}

/** @returns the threads whose files are good */
async function addWorktrees(
  archive: ArchiveWriter,
  { databaseUrl, home, report }: BackupOptions,
  resting: RestingThread[],
): Promise<Manifest["worktrees"]> {
  const copied: RestingThread[] = [];
  for (const thread of resting) {
    const dir = join(home.worktreesDir, thread.id);
    if (!(await isPrepared(openStore(home.dir, thread.projectId), thread.id))) continue;
    try {
      await archive.addStream(`worktrees/${thread.id}`, readFolder(dir, worktreeParts));
      copied.push(thread);
    } catch (error) {
      if (!(error instanceof UnreadableFolder)) throw error;
      report(
        `  the files of thread ${thread.id} cannot be read, its last checkpoint is kept instead (${error.message})`,
      );
    }
  }
  return (await stillResting(databaseUrl, copied)).map(({ id, projectId }) => ({ threadId: id, projectId }));
}

async function addFiles(archive: ArchiveWriter, { home, withSecrets }: BackupOptions): Promise<void> {
  const files = [home.hostIdFile, ...(withSecrets ? [home.secretsFile] : [])];
  for (const path of files.filter(existsSync)) await archive.add(`home/${basename(path)}`, readFileSync(path));
}

type Rest = BackupOptions & Pick<Manifest, "worktrees" | "archives" | "entries">;

function manifestOf({ takenAt, projectIds: _, resting: __, ...rows }: Snapshot, rest: Rest): Manifest {
  const { home, withSecrets, worktrees, archives, entries } = rest;
  return {
    format: 1,
    heddleVersion: version,
    takenAt: takenAt.toISOString(),
    homeDir: home.dir,
    hostId: readHostId(home.hostIdFile),
    hasSecrets: withSecrets && existsSync(home.secretsFile),
    ...rows,
    worktrees,
    archives,
    entries,
  };
}
