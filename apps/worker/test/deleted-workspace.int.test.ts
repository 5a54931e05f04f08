import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { processesWith, sleepMarker } from "@heddle/agent/sandbox/testing/sandbox-home";
import { deleteWorkspace } from "@heddle/db/delete-workspace";
import { workspaceScope } from "@heddle/db/scope";
import { makeWorkspace } from "@heddle/db/testing/fixtures";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Stage, script, settled, shell, until } from "./harness.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await stage.startWorker();
});
afterAll(() => stage?.close());

const namesIn = (folder: string): Promise<string[]> => readdir(join(stage.homeDir, folder)).catch(() => []);

test("a workspace that is deleted in the middle of a command leaves no process, no row and no file", async () => {
  const { db, workspace } = stage;
  const { prisma } = db;
  const first = await makeWorkspace(db);
  await prisma.workspace.update({ where: { id: first.id }, data: { createdAt: new Date(0) } });
  const marker = sleepMarker();
  await settled(await stage.prompt(script(shell("echo done > done.txt"), "Done.")));
  const { threadId } = await stage.prompt(script(shell(`sleep ${marker}`), "Never said."));
  await until(async () => (await processesWith(`sleep\0${marker}`)).length > 0);
  expect(await namesIn("worktrees")).toHaveLength(2);
  expect(await namesIn("repos")).toEqual([workspace.projectId]);

  const scope = await workspaceScope(db, workspace.principals.owner, workspace.id, "workspace.delete");
  const { name } = await prisma.workspace.findUniqueOrThrow({ where: { id: workspace.id } });
  expect(await deleteWorkspace(scope, { name })).toEqual({ threadIds: [threadId] });
  await stage.poke(threadId);

  await until(async () => (await processesWith(marker)).length === 0);
  await until(async () => (await prisma.workspace.count({ where: { id: workspace.id } })) === 0);
  await until(async () => (await namesIn("repos")).length === 0);
  expect(await namesIn("worktrees")).toEqual([]);
  expect(await prisma.thread.count()).toBe(0);
  expect(await prisma.auditEvent.count({ where: { action: "thread.remove" } })).toBe(2);
});
