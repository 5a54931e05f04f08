import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@heddle/agent/git/store";
import { isPrepared, markPrepared } from "@heddle/agent/git/worktree-state";
import { afterEach, beforeEach, expect, test } from "vitest";
import { adoptCopiedHome } from "../src/copied-home.ts";

let dir: string;
let homeDir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "heddle-copied-"));
  homeDir = join(dir, "home");
  for (const threadId of ["whole", "half"])
    await mkdir(join(homeDir, "worktrees", threadId, "tree"), { recursive: true });
  await markPrepared(openStore(homeDir, "project"), "whole", 2);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const prepared = (home: string, threadId: string) => isPrepared(openStore(home, "project"), threadId, 2);

test("the files of a home that was copied count as they did", async () => {
  await adoptCopiedHome(homeDir);
  const copy = join(dir, "copy");
  execFileSync("cp", ["-a", homeDir, copy]);
  expect(await prepared(copy, "whole")).toBe(false);
  await adoptCopiedHome(copy);
  expect(await prepared(copy, "whole")).toBe(true);
  expect(await prepared(copy, "half")).toBe(false);
});

test("a folder that was made again in its own home stays incomplete", async () => {
  await adoptCopiedHome(homeDir);
  const tree = join(homeDir, "worktrees/whole/tree");
  await mkdir(`${tree}.new`);
  await rm(tree, { recursive: true });
  await rename(`${tree}.new`, tree);
  await adoptCopiedHome(homeDir);
  expect(await prepared(homeDir, "whole")).toBe(false);
});

test("a home without worktrees is no obstacle", async () => {
  await adoptCopiedHome(join(dir, "new"));
});
