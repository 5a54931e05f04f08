import { afterAll, beforeAll, expect, test } from "vitest";
import { GitError } from "./errors.ts";
import { createProject, type TestProject, userGit } from "./testing/project.ts";
import { listFiles, readLines } from "./tree.ts";

let project: TestProject;
let commit: string;
let gitDir: string;

beforeAll(async () => {
  project = await createProject({
    "a b/*.txt": "star\n",
    "a b/x.txt": "one\r\ntwo\r\nthree",
    "empty.txt": "",
    "näme\n.ts": "odd\n",
  });
  commit = (await userGit(project.source, "rev-parse", "HEAD")).trim();
  await project.store.fetch(project.source);
  gitDir = project.store.threadsDir;
});
afterAll(() => project.close());

test("all files of a commit are listed, odd names too", async () => {
  expect(await listFiles(gitDir, commit)).toEqual({
    files: ["a b/*.txt", "a b/x.txt", "empty.txt", "näme\n.ts"],
    truncated: false,
  });
  await expect(listFiles(gitDir, "0".repeat(40))).rejects.toThrow(GitError);
});

test("lines are read by their numbers; a name is no pattern, a folder no file", async () => {
  const read = (path: string, from: number, to: number) => readLines(gitDir, commit, path, from, to);
  expect(await read("a b/x.txt", 1, 3)).toEqual(["one", "two"]);
  expect(await read("a b/x.txt", 3, 99)).toEqual(["three"]);
  expect(await read("a b/*.txt", 1, 9)).toEqual(["star"]);
  expect(await read("näme\n.ts", 1, 9)).toEqual(["odd"]);
  expect(await read("empty.txt", 1, 9)).toEqual([]);
  expect(await read("a b", 1, 9)).toBeNull();
  expect(await read("../a b/x.txt", 1, 9)).toBeNull();
  expect(await read("nowhere", 1, 9)).toBeNull();
});
