import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { git, makeRepository } from "../../testing/repository.ts";
import { checkSource } from "./source.ts";

let folder: string;
let settings: { HEDDLE_REPO_ROOTS: string[]; HEDDLE_HOME: string };

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "heddle-source-")));
  settings = { HEDDLE_REPO_ROOTS: [join(folder, "allowed")], HEDDLE_HOME: join(folder, "allowed/home") };
  mkdirSync(settings.HEDDLE_HOME, { recursive: true });
  for (const name of ["allowed/good", "allowed/home/inner", "outside", "allowed-not"])
    await makeRepository(join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const check = (path: string) => checkSource(join(folder, path), settings);

test("a repository within the roots is taken, by its resolved path", async () => {
  symlinkSync(join(folder, "allowed/good"), join(folder, "allowed/link"));
  expect(await check("allowed/good")).toBe(join(folder, "allowed/good"));
  expect(await check("allowed/link")).toBe(join(folder, "allowed/good"));
  expect(await check("allowed/x/../good/")).toBe(join(folder, "allowed/good"));
});

test("what lies outside the roots is refused, existing or not, named directly, by dots or by a link", async () => {
  symlinkSync(join(folder, "outside"), join(folder, "allowed/way-out"));
  for (const path of ["outside", "absent", "allowed-not", "allowed/../outside", "allowed/way-out"]) {
    await expect(check(path), path).rejects.toMatchObject({ code: "PATH_NOT_ALLOWED" });
  }
});

test("Heddle's own state is refused, also through a link", async () => {
  symlinkSync(join(folder, "allowed/home/inner"), join(folder, "allowed/way-in"));
  for (const path of ["allowed/home", "allowed/home/inner", "allowed/way-in"]) {
    await expect(check(path), path).rejects.toMatchObject({ code: "PATH_NOT_ALLOWED" });
  }
});

test("a linked worktree of an allowed repository is taken", async () => {
  await git(["-C", join(folder, "allowed/good"), "worktree", "add", "--quiet", join(folder, "allowed/linked")]);
  expect(await check("allowed/linked")).toBe(join(folder, "allowed/linked"));
});

describe("a repository that borrows from a forbidden one is refused", () => {
  const forbidden = ["allowed/home/inner", "outside"];
  const make = (name: string, files: Record<string, string>) => {
    const dir = join(folder, "allowed", name);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), text);
    }
    return `allowed/${name}`;
  };
  const refused = { code: "PATH_NOT_ALLOWED" };

  test.each(forbidden)("as a worktree of %s", async (target) => {
    const path = make(`worktree-${basename(target)}`, { ".git": `gitdir: ${join(folder, target, ".git")}\n` });
    await expect(check(path)).rejects.toMatchObject(refused);
  });

  test.each(forbidden)("by its common folder, bare, of %s", async (target) => {
    const path = make(`common-${basename(target)}`, {
      HEAD: "ref: refs/heads/main\n",
      commondir: `${join(folder, target, ".git")}\n`,
      "objects/keep": "",
      "refs/heads/main": "0".repeat(40),
    });
    await expect(check(path)).rejects.toMatchObject(refused);
  });

  test.each(forbidden)("by the objects of %s, through two alternates", async (target) => {
    const path = make(`alternate-${basename(target)}`, {
      HEAD: "ref: refs/heads/main\n",
      "objects/info/alternates": "../../between/objects\n",
      "refs/heads/main": "0".repeat(40),
    });
    make("between", { "objects/info/alternates": `${join(folder, target, ".git/objects")}\n` });
    await expect(check(path)).rejects.toMatchObject(refused);
  });

  test("by a link to its git folder", async () => {
    mkdirSync(join(folder, "allowed/linked-git"));
    symlinkSync(join(folder, "outside/.git"), join(folder, "allowed/linked-git/.git"));
    await expect(check("allowed/linked-git")).rejects.toMatchObject(refused);
  });
});
