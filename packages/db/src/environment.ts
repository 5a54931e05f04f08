import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { Project } from "./generated/client.ts";
import { mutate } from "./mutate.ts";
import type { EnvironmentView, SetEnvironmentInput } from "./projects.schema.ts";
import type { ProjectScope } from "./scope.ts";
import { isAgreed, scriptOrNull, setupDigest } from "./setup-agreement.ts";

export async function readEnvironment(scope: ProjectScope): Promise<EnvironmentView> {
  return toView(await scope.db.prisma.project.findUniqueOrThrow({ where: { id: scope.projectId } }));
}

/**
 * Changes what the worktrees of a project find around them; the audit log says what. Worktrees that are set up stay as
 * they are. The caller pokes the threads that wait for a decision: they may have become free to go on.
 * @throws BAD_INPUT for an agreement that names no hosts where there are some
 */
export async function setEnvironment(scope: ProjectScope, input: SetEnvironmentInput): Promise<EnvironmentView> {
  const entry = ({ before, after }: { before: Project; after: Project }) => ({
    action: "project.set_environment",
    resource: { type: "project", id: scope.projectId },
    detail: { ...changes(before, after), agreed: input.approve },
  });
  const { after } = await mutate(scope, entry, async (tx) => {
    const before = await lockProject(tx, scope.projectId);
    if (input.approve && !input.setupHosts && before.setupHosts.length > 0)
      throw new AppError("BAD_INPUT", unseenHosts);
    const settings = {
      setupScript: input.setupScript === undefined ? before.setupScript : scriptOrNull(input.setupScript),
      setupHosts: input.setupHosts ?? before.setupHosts,
      allowedHosts: input.allowedHosts ?? before.allowedHosts,
      devCommand: input.devCommand === undefined ? before.devCommand : scriptOrNull(input.devCommand),
    };
    const agreed = input.approve ? { setupApproved: setupDigest(settings) } : {};
    const data = { ...settings, ...agreed };
    return { before, after: await tx.project.update({ where: { id: scope.projectId }, data }) };
  });
  return toView(after);
}

const unseenHosts = {
  message: "The script has hosts. Send them along: you agree to what you have seen, not to what is there by then.",
};

/** Threads of a project that wait for somebody to agree to its setup script. */
export async function waitingThreads(scope: ProjectScope): Promise<string[]> {
  const rows = await scope.db.prisma.thread.findMany({
    where: { projectId: scope.projectId, status: "waiting" },
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

/**
 * For the audit log: lists as they were and are; of texts, which may hold secrets, only that they changed. The digest
 * of script and hosts tells later what was agreed to.
 */
function changes(before: Project, after: Project): Record<string, string> {
  const lists = (["setupHosts", "allowedHosts"] as const).flatMap((key) => {
    const [old, now] = [before[key].join(" "), after[key].join(" ")];
    return old === now ? [] : [[key, now] as const, [`${key}Before`, old] as const];
  });
  const texts = (["setupScript", "devCommand"] as const)
    .filter((key) => before[key] !== after[key])
    .map((key) => [key, after[key] === null ? "removed" : "changed"] as const);
  return { ...Object.fromEntries([...lists, ...texts]), setup: setupDigest(after) };
}

async function lockProject(tx: Tx, projectId: string): Promise<Project> {
  await tx.$queryRaw`SELECT 1 FROM "Project" WHERE "id" = ${projectId} FOR UPDATE`;
  return tx.project.findUniqueOrThrow({ where: { id: projectId } });
}

function toView(project: Project): EnvironmentView {
  const { setupHosts, allowedHosts } = project;
  const setupScript = scriptOrNull(project.setupScript);
  return {
    setupScript,
    setupHosts,
    allowedHosts,
    devCommand: scriptOrNull(project.devCommand),
    setupApproved: setupScript === null || isAgreed(project),
  };
}
