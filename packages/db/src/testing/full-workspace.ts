import type { Database } from "../database.ts";
import { newId } from "../ids.ts";
import { mutate } from "../mutate.ts";
import { makeWorkspace, type TestWorkspace } from "./fixtures.ts";

/** A workspace with a row in every table that a workspace has rows in. Each text that people may see has `mark` in it. */
export type FullWorkspace = TestWorkspace & {
  mark: string;
  threadId: string;
  /** One of somebody else than the owner. */
  privateThreadId: string;
  turnId: string;
  queuedTurnId: string;
  itemId: string;
  jobId: string;
  providerId: string;
  tokenId: string;
  invitationId: string;
  inboxItemId: string;
};

/** What an export or an answer must never have in it. */
export const testSecret = "kept-secret-in-every-table";

export async function makeFullWorkspace(db: Database, mark: string): Promise<FullWorkspace> {
  const workspace = await makeWorkspace(db);
  const { prisma } = db;
  const { id: workspaceId, projectId, principals } = workspace;
  const userId = principals.owner.userId;
  const memberId = principals.member.userId;
  const soon = new Date(Date.now() + 3_600_000);
  const secret = () => `${testSecret}-${newId()}`;
  const hash = { hash: secret() };
  const made = { createdById: userId };

  await prisma.workspace.update({ where: { id: workspaceId }, data: { name: `Workspace ${mark}` } });
  for (const [role, { userId: id }] of Object.entries(principals)) {
    await prisma.user.update({ where: { id }, data: { name: `${role} ${mark}`, passwordHash: secret() } });
  }
  const provider = await prisma.provider.create({
    data: {
      workspaceId,
      name: `provider-${mark}`,
      kind: "anthropic",
      apiKeyEnvelope: secret(),
      failure: `failed ${mark}`,
    },
  });
  await prisma.model.create({ data: { providerId: provider.id, id: `model-${mark}`, position: 0 } });
  await prisma.project.update({
    where: { id: projectId },
    data: { name: `Project ${mark}`, sourcePath: `/nowhere/${mark}`, setupScript: `echo ${mark}`, reason: mark },
  });
  await prisma.projectRemote.create({
    data: { projectId, url: `https://git.example/${mark}.git`, secretEnvelope: secret(), fetchEveryMinutes: 0 },
  });
  await prisma.projectMember.create({ data: { projectId, userId: memberId, role: "maintainer" } });

  const thread = async (visibility: "shared" | "private", createdById: string) => {
    const data = { workspaceId, projectId, visibility, createdById, model: "demo/demo", title: `Thread ${mark}` };
    return (await prisma.thread.create({ data: { ...data, branch: `heddle/${mark}-${visibility}` } })).id;
  };
  const threadId = await thread("shared", userId);
  const privateThreadId = await thread("private", memberId);
  await prisma.threadMember.create({ data: { threadId, userId: memberId, right: "steer" } });
  await prisma.threadRead.create({ data: { threadId, userId: memberId, seq: 0 } });
  await prisma.viewedPatch.create({ data: { threadId, userId: memberId, hash: "f".repeat(64) } });
  await prisma.sidebarView.create({ data: { workspaceId, userId: memberId, pins: [threadId], filter: {} } });
  const turn = async (number: number, status: "completed" | "held") => {
    const data = { threadId, number, status, prompt: `Prompt ${mark}`, model: "demo/demo", senderId: userId };
    return (await prisma.turn.create({ data })).id;
  };
  const [turnId, queuedTurnId] = [await turn(1, "completed"), await turn(2, "held")];
  await prisma.modelStep.create({ data: { id: `${turnId}/1`, turnId, index: 1 } });
  const itemId = `${turnId}/1/1`;
  await prisma.item.create({
    data: {
      ...{ id: itemId, threadId, turnId, step: 1, position: 1, seq: 1, type: "commandExecution", status: "completed" },
      data: { command: `echo ${mark}`, output: mark, exitCode: 0, outputBytes: 4, durationMs: 1 },
      model: { call: testSecret },
    },
  });
  await prisma.outputChunk.create({ data: { itemId, index: 0, data: Buffer.from(mark) } });
  const spent = { inputTokens: 1, outputTokens: 1, costUsd: 0.1, purpose: "turn", model: "demo/demo" };
  await prisma.usageRecord.create({ data: { id: `${turnId}/1/0`, workspaceId, threadId, turnId, userId, ...spent } });
  await prisma.checkpointPack.create({
    data: { threadId, commit: "c".repeat(40), index: 0, position: 1, ref: "refs/x", data: Buffer.from(mark) },
  });
  await prisma.networkDecision.create({
    data: { threadId, turnId, list: "commands", host: `${mark}.example`, port: 443, allowed: false },
  });
  await prisma.devServer.create({
    data: { threadId, status: "stopped", command: `serve ${mark}`, itemId, hostId: "nowhere", startedById: userId },
  });
  const job = await prisma.threadJob.create({
    data: {
      threadId,
      kind: "commitMessage",
      status: "done",
      input: {},
      output: { message: mark },
      requestedById: userId,
    },
  });

  const tokenId = newId();
  await prisma.apiToken.create({
    data: { id: tokenId, workspaceId, userId, name: `Token ${mark}`, role: "owner", prefix: "hdl_", ...hash, ...made },
  });
  const invitationId = newId();
  await prisma.invitation.create({
    data: {
      ...{ id: invitationId, workspaceId, role: "viewer", expiresAt: soon, hash: secret(), ...made },
      email: `${mark}@example.test`,
      projects: { create: [{ projectId, role: "viewer" }] },
    },
  });
  await prisma.passwordReset.create({
    data: { id: newId(), userId: memberId, workspaceId, hash: secret(), createdById: userId, expiresAt: soon },
  });
  const inboxItem = await prisma.inboxItem.create({
    data: { workspaceId, userId, kind: "turnFinished", key: mark, threadId, turnId, note: mark },
  });
  await prisma.inboxEmail.create({ data: { itemId: inboxItem.id, dueAt: soon, endedAt: new Date() } });
  await prisma.notificationSettings.create({ data: { workspaceId, userId, emailKinds: [], timeZone: "UTC" } });
  const told = { action: "test.fill", resource: { type: "workspace", id: workspaceId }, detail: { mark } };
  await mutate({ db, workspaceId, principal: principals.owner }, told, async () => undefined);
  return {
    ...workspace,
    ...{ mark, threadId, privateThreadId, turnId, queuedTurnId, itemId, tokenId, invitationId },
    jobId: job.id,
    providerId: provider.id,
    inboxItemId: inboxItem.id,
  };
}
