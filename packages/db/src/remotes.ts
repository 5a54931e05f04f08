import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { Prisma, type ProjectRemote } from "./generated/client.ts";
import { mutate, transact } from "./mutate.ts";
import { fingerprintOf, projectViewOf, withRemote } from "./project-view.ts";
import type { ProjectView } from "./projects.schema.ts";
import { parseRemoteUrl, type RemoteUrl } from "./remote-url.ts";
import type { FetchProgressView } from "./remotes.schema.ts";
import type { ProjectScope } from "./scope.ts";
import type { SecretBox } from "./secrets.ts";

/** A credential in the open, on its way into its envelope or to git. Never log it, never keep it. */
export type RemoteSecret =
  | { kind: "token"; username: string; token: string }
  | { kind: "key"; privateKey: string; passphrase?: string };

/** @property publicKey of a key: the line to add at the server */
export type NewCredential = { secret: RemoteSecret | null; publicKey: string | null };

export type NewRemote = { url: RemoteUrl; credential: NewCredential };

type CredentialColumns = Pick<ProjectRemote, "credential" | "username" | "secretEnvelope" | "publicKey">;

/** The columns of a credential, sealed for its project. */
export function sealCredential(
  secrets: SecretBox,
  place: { workspaceId: string; projectId: string },
  { secret, publicKey }: NewCredential,
): CredentialColumns {
  if (secret === null) return { credential: "none", username: null, secretEnvelope: null, publicKey: null };
  return {
    credential: secret.kind,
    username: secret.kind === "token" ? secret.username : null,
    secretEnvelope: secrets.seal(contextOf(place), JSON.stringify(secret)),
    publicKey,
  };
}

const contextOf = ({ workspaceId, projectId }: { workspaceId: string; projectId: string }) =>
  ({ workspaceId, model: "remote", id: projectId }) as const;

export type RemoteChange = { url?: RemoteUrl; credential?: NewCredential; fetchEveryMinutes?: number };

/**
 * Changes how a repository is reached. Another server gets neither the credential nor the trust of the first: whoever
 * may write the address could else have the credential sent to a server of theirs. The caller pokes the project.
 * @throws NO_REMOTE for a project of a folder
 */
export async function setRemote(scope: ProjectScope, secrets: SecretBox, change: RemoteChange): Promise<ProjectView> {
  const { workspaceId, projectId } = scope;
  const { url, credential, fetchEveryMinutes } = change;
  const detail = {
    ...(url ? { url: url.text } : {}),
    ...(credential ? { credential: credential.secret?.kind ?? "none" } : {}),
    ...(fetchEveryMinutes === undefined ? {} : { fetchEveryMinutes }),
  };
  const entry = { action: "project.set_remote", resource: { type: "project", id: projectId }, detail };
  return mutate(scope, entry, async (tx, after) => {
    const before = await lockRemote(tx, projectId);
    const elsewhere = url !== undefined && !isSameServer(url, before.url);
    const none: NewCredential = { secret: null, publicKey: null };
    const next = credential ?? (elsewhere ? none : undefined);
    await tx.projectRemote.update({
      where: { projectId },
      data: {
        url: url?.text,
        ...(next ? sealCredential(secrets, { workspaceId, projectId }, next) : {}),
        ...(elsewhere ? { hostKey: null, offeredHostKey: null } : {}),
        ...(fetchEveryMinutes === undefined ? {} : { fetchEveryMinutes, fetchDueAt: dueIn(fetchEveryMinutes) }),
      },
    });
    after({ k: "workspace", w: workspaceId });
    return url || credential ? askAnew(tx, scope) : viewOf(tx, scope);
  });
}

function isSameServer(url: RemoteUrl, before: string): boolean {
  const old = parseRemoteUrl(before);
  return old.scheme === url.scheme && old.host === url.host && old.port === url.port;
}

/**
 * Trusts the key that the server shows, which the person has compared with what whoever runs the server says. The
 * caller pokes the project.
 * @param fingerprint of the key that was shown to the person
 * @throws HOST_KEY_CHANGED when the server has shown another one since, NO_REMOTE
 */
export async function confirmHostKey(scope: ProjectScope, fingerprint: string): Promise<ProjectView> {
  const { projectId } = scope;
  const resource = { type: "project", id: projectId };
  const entry = { action: "project.confirm_host_key", resource, detail: { fingerprint } };
  return mutate(scope, entry, async (tx, after) => {
    const { offeredHostKey, hostKey } = await lockRemote(tx, projectId);
    const shown = offeredHostKey ?? hostKey;
    if (shown === null || fingerprintOf(shown) !== fingerprint) {
      const message = "That is not the key that the server shows now. Look at it again.";
      throw new AppError("HOST_KEY_CHANGED", { message });
    }
    await tx.projectRemote.update({ where: { projectId }, data: { hostKey: shown, offeredHostKey: null } });
    after({ k: "workspace", w: scope.workspaceId });
    return askAnew(tx, scope);
  });
}

/** Asks the worker to give up the fetch that is under way; nothing happens where there is none. @throws NO_REMOTE */
export async function cancelFetch(scope: ProjectScope): Promise<ProjectView> {
  const { projectId } = scope;
  const entry = { action: "project.cancel_fetch", resource: { type: "project", id: projectId } };
  return mutate(scope, entry, async (tx) => {
    const { progress } = await lockRemote(tx, projectId);
    // Asked too late, it must not end the next one.
    const cloning = await tx.project.count({ where: { id: projectId, status: "cloning" } });
    if (cloning > 0 || progress !== null) {
      await tx.projectRemote.update({ where: { projectId }, data: { cancelAskedAt: new Date() } });
    }
    return viewOf(tx, scope);
  });
}

async function lockRemote(tx: Tx, projectId: string): Promise<ProjectRemote> {
  await tx.$queryRaw`SELECT 1 FROM "ProjectRemote" WHERE "projectId" = ${projectId} FOR UPDATE`;
  const remote = await tx.projectRemote.findUnique({ where: { projectId } });
  if (!remote) throw new AppError("NO_REMOTE", { message: "The project's repository is a folder on the server." });
  return remote;
}

/** What was wrong may be right now: the clone begins again, or the next fetch says what it is. */
async function askAnew(tx: Tx, scope: ProjectScope): Promise<ProjectView> {
  const { projectId: id } = scope;
  await tx.projectRemote.update({ where: { projectId: id }, data: { cancelAskedAt: null, progress: Prisma.DbNull } });
  await tx.project.updateMany({
    where: { id, fetchedAt: null },
    data: { status: "cloning", reason: null, reasonCode: null },
  });
  return viewOf(tx, scope);
}

async function viewOf(tx: Tx, scope: ProjectScope): Promise<ProjectView> {
  const project = await tx.project.findUniqueOrThrow({ where: { id: scope.projectId }, include: withRemote });
  return projectViewOf(project, scope.role, scope.standing);
}

/** When a repository is to be fetched next; null for never. */
export function dueIn(minutes: number): Date | null {
  return minutes === 0 ? null : new Date(Date.now() + minutes * 60_000);
}

/** For workers: projects whose time has come. One whose key waits for a person is left alone. */
export async function dueProjects(db: Database): Promise<string[]> {
  const rows = await db.prisma.projectRemote.findMany({
    where: { fetchDueAt: { lte: new Date() }, offeredHostKey: null, project: { fetchedAt: { not: null } } },
    select: { projectId: true },
    take: 100,
  });
  return rows.map((row) => row.projectId);
}

/** Where a project's repository is, and how it is reached. Holds secrets. */
export type RemoteAccess = {
  url: string;
  scheme: "https" | "ssh";
  host: string;
  port: number;
  user: string | null;
  credential: RemoteSecret | null;
  hostKey: string | null;
};

/** For processes that run git: the folder of a project's repository, or its remote. @throws NOT_FOUND, CREDENTIAL_LOST */
export async function loadSource(db: Database, secrets: SecretBox, projectId: string): Promise<string | RemoteAccess> {
  const project = await db.prisma.project.findUnique({ where: { id: projectId }, include: withRemote });
  if (!project) throw new AppError("NOT_FOUND");
  const { workspaceId, sourcePath, remote } = project;
  if (!remote) return sourcePath ?? "";
  const parsed = parseRemoteUrl(remote.url);
  if (parsed.scheme === "file") throw new AppError("URL_NOT_VALID");
  return {
    url: parsed.text,
    scheme: parsed.scheme,
    host: parsed.host,
    port: parsed.port,
    user: parsed.scheme === "ssh" ? parsed.user : null,
    credential:
      remote.secretEnvelope === null ? null : open(secrets, { workspaceId, projectId }, remote.secretEnvelope),
    hostKey: remote.hostKey,
  };
}

function open(secrets: SecretBox, place: { workspaceId: string; projectId: string }, envelope: string): RemoteSecret {
  try {
    return JSON.parse(secrets.open(contextOf(place), envelope)) as RemoteSecret;
  } catch (cause) {
    throw new AppError("CREDENTIAL_LOST", { cause });
  }
}

/** For a worker that fetches: how far it is. */
export async function noteProgress(db: Database, projectId: string, progress: FetchProgressView): Promise<void> {
  await transact(db, async (tx, after) => {
    const { workspaceId } = await tx.project.findUniqueOrThrow({ where: { id: projectId } });
    await tx.projectRemote.updateMany({ where: { projectId }, data: { progress } });
    after({ k: "workspace", w: workspaceId });
  });
}

/** Whether somebody has asked to give the fetch up. */
export async function isFetchCancelled(db: Database, projectId: string): Promise<boolean> {
  return (await db.prisma.projectRemote.count({ where: { projectId, cancelAskedAt: { not: null } } })) > 0;
}
