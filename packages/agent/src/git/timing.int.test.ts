import { afterAll, beforeAll, expect, it } from "vitest";
import { checkpoint } from "./checkpoint.ts";
import { commitThread } from "./commit.ts";
import { createProject, type TestProject } from "./testing/project.ts";
import { prepareWorktree } from "./worktree.ts";

let project: TestProject;

beforeAll(async () => {
  const file = (n: number) => [`src/${n % 50}/module-${n}.ts`, `export const value${n} = ${n};\n`.repeat(40)] as const;
  project = await createProject(Object.fromEntries(Array.from({ length: 5000 }, (_, n) => file(n))));
});
afterAll(() => project.close());

it("works on 5,000 files; prints how long it takes", async () => {
  const { sandbox, sh } = await project.open("t");
  const baseCommit = (await project.store.resolve("main")) ?? "";
  const worktree = { threadId: "t", branch: "heddle/t", baseCommit };
  let parent = baseCommit;
  const report: string[] = [];
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    report.push(`${name} ${(performance.now() - start).toFixed(0)} ms`);
    return result;
  };
  const record = async (name: string) => {
    const made = await timed(name, () => checkpoint(sandbox, project.store, { threadId: "t", parent, message: name }));
    parent = made.commit;
    return made.changed;
  };
  await timed("new worktree", () => prepareWorktree(sandbox, project.store, worktree));
  await timed("prepare again", () => prepareWorktree(sandbox, project.store, worktree));
  expect(await record("first, unchanged")).toBe(false);
  expect(await record("unchanged")).toBe(false);
  await sh("echo x >> src/1/module-1.ts");
  expect(await record("one changed")).toBe(true);
  await sh("echo y > new.txt");
  expect(await record("one new")).toBe(true);
  expect(await record("unchanged")).toBe(false);
  await sh("for f in src/2*/*; do echo z >> $f; done");
  expect(await record("1,100 changed")).toBe(true);
  const author = { name: "A", email: "a@b" };
  const options = {
    threadId: "t",
    branch: "heddle/t",
    parent: baseCommit,
    message: "m",
    author,
    committedAt: new Date(),
  };
  await timed("commit", () => commitThread(sandbox, project.store, options));
  await timed("git status", () => sh("git status --porcelain"));
  expect((await sh("git status --porcelain")).text).toBe("");
  console.info(report.join("\n"));
});
