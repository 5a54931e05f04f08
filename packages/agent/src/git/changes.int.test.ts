import { afterAll, beforeAll, expect, test } from "vitest";
import { changesSince, upstreamState } from "./changes.ts";
import { commitAll, createProject, type TestProject, userGit, writeFiles } from "./testing/project.ts";

let project: TestProject;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project.close());

test("tells of rewritten and deleted branches and of another default branch, and of nothing else", async () => {
  const { source, store } = project;
  const base = (await userGit(source, "rev-parse", "HEAD")).trim();
  for (const name of ["kept", "rewritten", "gone"]) {
    await userGit(source, "checkout", "-q", "-b", name, "main");
    await writeFiles(source, { [name]: "1\n" });
    await commitAll(source, name);
  }
  await userGit(source, "checkout", "-q", "main");
  const before = await upstreamState(store);
  await store.fetch(source);
  expect(await changesSince(store, before)).toBe(null);

  const fetched = await upstreamState(store);
  await userGit(source, "checkout", "-q", "kept");
  await commitAll(source, "more");
  await userGit(source, "branch", "-f", "rewritten", base);
  await userGit(source, "branch", "-D", "gone");
  await userGit(source, "branch", "-m", "main", "trunk");
  await userGit(source, "checkout", "-q", "trunk");
  await store.fetch(source);
  expect(await changesSince(store, fetched)).toEqual({
    rewritten: ["rewritten"],
    deleted: ["gone", "main"],
    defaultBranch: { from: "main", to: "trunk" },
  });
  expect(await store.resolve(fetched?.branches.get("gone") ?? "")).toBe(fetched?.branches.get("gone"));
});
