import { createHash } from "node:crypto";
import type { Prisma } from "./generated/client.ts";
import { projectAllows, projectPermissionNames, type Standing, type WorkspaceRole } from "./permissions.ts";
import type { ProjectView } from "./projects.schema.ts";
import { fetchProgress, type RemoteView, upstreamChanges } from "./remotes.schema.ts";

export const withRemote = { remote: true } as const;
export type ProjectRow = Prisma.ProjectGetPayload<{ include: typeof withRemote }>;

/** A project as the holder of a role sees it. */
export function projectViewOf(project: ProjectRow, role: WorkspaceRole, standing: Standing): ProjectView {
  const { id, name, sourcePath, status, reason, reasonCode, defaultBranch, visibility, fetchedAt, createdAt } = project;
  return {
    id,
    name,
    source: project.remote ? { url: project.remote.url } : { path: sourcePath ?? "" },
    status,
    reason,
    reasonCode,
    defaultBranch,
    visibility,
    fetchedAt,
    createdAt,
    changes: upstreamChanges.nullable().catch(null).parse(project.changes),
    remote: project.remote && remoteViewOf(project.remote),
    permissions: projectPermissionNames.filter((permission) => projectAllows(role, standing, permission)),
  };
}

function remoteViewOf(remote: NonNullable<ProjectRow["remote"]>): RemoteView {
  const { credential, username, publicKey, hostKey, offeredHostKey, fetchEveryMinutes } = remote;
  return {
    credential,
    username,
    publicKey,
    hostKey: hostKey && fingerprintOf(hostKey),
    offeredHostKey: offeredHostKey && fingerprintOf(offeredHostKey),
    fetchEveryMinutes,
    progress: fetchProgress.nullable().catch(null).parse(remote.progress),
  };
}

/** As `ssh` shows it. @param hostKey `type base64` */
export function fingerprintOf(hostKey: string): string {
  const blob = Buffer.from(hostKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
