import { databaseTime } from "./clock.ts";
import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { DevServer, Host, Project, Thread } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { mutate } from "./mutate.ts";
import { assertThreadOpen } from "./open-thread.ts";
import { closeDev, lostDev, neverBegun } from "./run-dev.ts";
import type { ThreadScope } from "./scope.ts";
import { scriptOrNull } from "./setup-agreement.ts";
import { changeThread } from "./thread-change.ts";
import type { DevView } from "./threads.schema.ts";

/** Ids of dev logs begin so: they belong to no turn's work and go on when it ends. */
export const devItemPrefix = "dev/";

/**
 * Asks the thread's host to run the project's dev command; does nothing where it runs already.
 * @throws NO_DEV_COMMAND, NO_WORKTREE, THREAD_ARCHIVED
 */
export async function startDev(scope: ThreadScope): Promise<DevView> {
  const entry = { action: "thread.start_dev", resource: { type: "thread", id: scope.threadId } };
  await mutate(scope, entry, (tx, after) =>
    changeThread(tx, after, scope.threadId, async (change) => {
      await assertThreadOpen(tx, change.thread);
      const thread = await load(tx, scope.threadId);
      const command = scriptOrNull(thread.project.devCommand);
      if (command === null) throw new AppError("NO_DEV_COMMAND");
      if (isUp(thread)) return;
      if (thread.devServer) await closeDev(tx, change, thread.devServer.itemId, lostDev);
      const { host, baseCommit } = thread;
      if (host === null || !isAlive(host, thread.now) || baseCommit === null) throw new AppError("NO_WORKTREE");
      const turn = await tx.turn.findFirstOrThrow({
        where: { threadId: scope.threadId, startedAt: { not: null } },
        orderBy: { number: "desc" },
      });
      const itemId = `${devItemPrefix}${newId()}`;
      const data = { purpose: "dev", command, exitCode: null, output: "", outputBytes: 0, durationMs: null };
      await change.putItem({
        id: itemId,
        turnId: turn.id,
        step: -1,
        type: "commandExecution",
        status: "running",
        data,
      });
      const row = {
        status: "starting" as const,
        command,
        itemId,
        hostId: host.id,
        epoch: null,
        port: null,
        startedById: scope.principal.userId,
        startedAt: new Date(),
      };
      await tx.devServer.upsert({
        where: { threadId: scope.threadId },
        create: { threadId: scope.threadId, ...row },
        update: row,
      });
    }),
  );
  return readDev(scope);
}

/** Asks for its end; does nothing where it does not run. */
export async function stopDev(scope: ThreadScope): Promise<DevView> {
  const entry = { action: "thread.stop_dev", resource: { type: "thread", id: scope.threadId } };
  await mutate(scope, entry, (tx, after) =>
    changeThread(tx, after, scope.threadId, async (change) => {
      const thread = await load(tx, scope.threadId);
      const { devServer } = thread;
      if (!devServer) return;
      if (!isUp(thread)) return closeDev(tx, change, devServer.itemId, lostDev);
      if (devServer.epoch === null) return closeDev(tx, change, devServer.itemId, neverBegun);
      await tx.devServer.update({ where: { threadId: scope.threadId }, data: { status: "stopping" } });
      change.set({ updatedAt: new Date() });
    }),
  );
  return readDev(scope);
}

export async function readDev(scope: ThreadScope): Promise<DevView> {
  const thread = await load(scope.db.prisma, scope.threadId);
  const { devServer, project } = thread;
  const command = scriptOrNull(project.devCommand);
  if (!devServer) return { status: "stopped", command, itemId: null, port: null, url: null };
  const { status, itemId, port } = devServer;
  if (!isUp(thread)) {
    return { status: status === "failed" ? "failed" : "stopped", command, itemId, port: null, url: null };
  }
  return { status, command: devServer.command, itemId, port, url: port === null ? null : `http://127.0.0.1:${port}` };
}

const include = { project: true, host: true, devServer: true } as const;

type Loaded = Thread & { project: Project; host: Host | null; devServer: DevServer | null; now: Date };

async function load(db: Tx, threadId: string): Promise<Loaded> {
  const thread = await db.thread.findUniqueOrThrow({ where: { id: threadId }, include });
  return { ...thread, now: await databaseTime(db) };
}

/** Whether a living worker has it or will take it on. */
function isUp({ devServer, host, now }: Loaded): boolean {
  if (!devServer || devServer.status === "stopped" || devServer.status === "failed") return false;
  if (host === null || host.id !== devServer.hostId || !isAlive(host, now)) return false;
  return devServer.epoch === null || devServer.epoch === host.epoch;
}

const isAlive = (host: Host, now: Date) => host.leaseExpiresAt > now;
