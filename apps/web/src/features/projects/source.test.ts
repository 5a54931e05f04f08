import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeRepository } from "../../testing/repository.ts";
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
