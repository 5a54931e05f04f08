import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

/** Folders that PostgreSQL wants even when they are empty, which is how tools that copy files come to lose them. */
const mayBeEmpty = [
  ...["pg_commit_ts", "pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat", "pg_stat_tmp"],
  ...["pg_tblspc", "pg_twophase", "pg_logical/mappings", "pg_logical/snapshots", "pg_subtrans"],
];
const mustHaveFiles = ["base/1", "global", "pg_multixact/offsets", "pg_wal", "pg_xact"];
const settingsFiles = ["postgresql.conf", "pg_hba.conf"];

/** What keeps the server from starting on a data folder, as far as its files tell; each kind has a cure of its own. */
export type FolderProblem =
  | { kind: "version"; found: string }
  | { kind: "no version" }
  | { kind: "owner"; owner: number }
  | { kind: "mode" }
  | { kind: "empty folders"; missing: string[] }
  | { kind: "settings"; missing: string[] }
  | { kind: "missing"; missing: string[] };

/** @param major the version that runs here */
export function findFolderProblem(dataDir: string, major: string): FolderProblem | null {
  const { uid, mode } = statSync(dataDir);
  if (uid !== process.getuid?.()) return { kind: "owner", owner: uid };
  if ((mode & 0o777) !== 0o700 && (mode & 0o777) !== 0o750) return { kind: "mode" };
  const missing = mustHaveFiles.filter((name) => isMissing(join(dataDir, name)));
  if (!existsSync(join(dataDir, "global/pg_control"))) missing.push("global/pg_control");
  if (missing.length > 0) return { kind: "missing", missing };
  const version = readVersion(dataDir);
  if (version === null) return { kind: "no version" };
  if (version !== major) return { kind: "version", found: version };
  const isGone = (name: string) => !existsSync(join(dataDir, name));
  if (mayBeEmpty.some(isGone)) return { kind: "empty folders", missing: mayBeEmpty.filter(isGone) };
  return settingsFiles.some(isGone) ? { kind: "settings", missing: settingsFiles.filter(isGone) } : null;
}

/** One sentence for a person. */
export function describeProblem(dataDir: string, problem: FolderProblem, major: string): string {
  switch (problem.kind) {
    case "version":
      return `${dataDir} belongs to PostgreSQL ${problem.found}, not ${major}`;
    case "no version":
      return `${dataDir} is not a whole PostgreSQL data folder (its PG_VERSION is missing or damaged)`;
    case "owner":
      return `${dataDir} belongs to the user ${nameOf(problem.owner)}, not to ${nameOf(process.getuid?.() ?? -1)} who starts Heddle`;
    case "mode":
      return `${dataDir} is open to other users, which PostgreSQL refuses`;
    case "empty folders":
    case "settings":
    case "missing":
      return `${dataDir} is not a whole PostgreSQL data folder (missing: ${problem.missing.join(", ")})`;
  }
}

/** The major version that a data folder says it has; null if it does not say so, or nonsense. */
export function readVersion(dir: string): string | null {
  const file = join(dir, "PG_VERSION");
  const version = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return /^\d{1,2}(\.\d)?$/.test(version) ? version : null;
}

function isMissing(dir: string): boolean {
  return !existsSync(dir) || readdirSync(dir).length === 0;
}

/** Only the process's own user is asked for by name: the system may not know others. */
function nameOf(uid: number): string {
  if (uid === 0) return "root";
  try {
    const own = userInfo();
    return own.uid === uid ? own.username : `with the id ${uid}`;
  } catch {
    return `with the id ${uid}`;
  }
}
