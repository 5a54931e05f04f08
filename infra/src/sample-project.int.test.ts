import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureSampleProject } from "./sample-project.ts";

let parent: string;
let dir: string;
const git = (...args: string[]) => execFileSync("git", args, { cwd: dir, encoding: "utf8" });

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "heddle-sample-"));
  dir = join(parent, "sample-project");
  await ensureSampleProject(dir);
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));

test("it is a clean git repository with two branches", () => {
  expect(git("branch", "--format=%(refname:short)").trim().split("\n")).toEqual(["import-csv", "main"]);
  expect(git("branch", "--show-current").trim()).toBe("main");
  expect(git("status", "--porcelain")).toBe("");
});

test("it is made once", async () => {
  const before = git("rev-parse", "HEAD");
  await ensureSampleProject(dir);
  expect(git("rev-parse", "HEAD")).toBe(before);
});

test("exactly one of its tests fails, the planted bug", () => {
  // Inside a test runner, Node's own would report to it instead of to us.
  const { stdout, status } = spawnSync(process.execPath, ["--test", "--test-reporter=tap"], {
    cwd: dir,
    encoding: "utf8",
    env: {},
  });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^not ok \d+ - five items bring five percent$/m);
  expect(stdout).toContain("# fail 1\n");
  expect(stdout).toMatch(/# pass ([5-9]|\d\d)\n/);
});

test("its program runs", () => {
  const receipt = execFileSync(process.execPath, ["src/cli.js", "examples/weekend.json"], {
    cwd: dir,
    encoding: "utf8",
  });
  expect(receipt).toMatch(/Total +\d+\.\d\d/);
});
