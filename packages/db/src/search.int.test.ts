import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "./database.ts";
import type { Principal } from "./scope.ts";
import { workspaceScope } from "./scope.ts";
import { type SearchInput, searchInput } from "./search.schema.ts";
import { searchThreads } from "./search.ts";
import { openTestDatabase } from "./testing/database.ts";
import { addMember, makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { answerStep, claimTestTurn, openTestThread } from "./testing/turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let other: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
  other = await makeWorkspace(db);
});
afterAll(() => close());

/** A thread with a prompt and an answer. @returns its id */
async function talked(
  title: string,
  prompt: string,
  answer: string,
  { inside = workspace, visibility = "shared" as "shared" | "private" } = {},
): Promise<string> {
  const { threadId } = await openTestThread(db, inside, prompt, visibility);
  const turn = await claimTestTurn(db, threadId);
  await answerStep(turn, 0, { text: answer });
  await db.prisma.thread.update({ where: { id: threadId }, data: { title } });
  return threadId;
}

async function search(query: string, filter: Partial<SearchInput> = {}, who: Principal = workspace.principals.member) {
  const scope = await workspaceScope(db, who, null, "thread.read");
  return searchThreads(scope, searchInput.parse({ query, ...filter }));
}
const titles = async (...args: Parameters<typeof search>) =>
  (await search(...args)).hits.map(({ thread }) => thread.title);

test("titles, prompts and answers are found by stems and beginnings, with the passage marked", async () => {
  await talked("Cache of thumbnails", "Make it faster", "Nothing to say");
  await talked("Speed", "Why are thumbnails slow?", "The resizing was configured twice, see resize.ts");
  expect(await titles("thumbnail")).toEqual(["Cache of thumbnails", "Speed"]);
  expect(await titles("configurat")).toEqual([]);
  expect(await titles("config")).toEqual(["Speed"]);
  expect(await titles("configuring")).toEqual(["Speed"]);
  expect(await titles("configure thumbnails")).toEqual([]);
  const [hit] = (await search("resize")).hits;
  expect(hit).toMatchObject({ place: "answer", matches: 1, turnId: expect.any(String) });
  const marked = hit?.passage.filter(({ match }) => match).map(({ text }) => text);
  expect(marked).toContain("resize.ts");
  expect((await search("thumbnails")).hits[0]).toMatchObject({
    place: "title",
    turnId: null,
    passage: [
      { text: "Cache of ", match: false },
      { text: "thumbnails", match: true },
    ],
    matches: 0,
  });
});

test("phrases are found as they are, and what a minus names is left out", async () => {
  await talked("Alpha", "walrus in the water", "");
  await talked("Beta", "water and walrus", "");
  expect((await titles("walrus water")).sort()).toEqual(["Alpha", "Beta"]);
  expect(await titles('"walrus in"')).toEqual(["Alpha"]);
  expect(await titles("walrus -the")).toEqual(["Beta"]);
});

test("a private thread is found by who started it and by auditors; another workspace's by nobody here", async () => {
  await talked("Mine", "pangolin", "", { visibility: "private" });
  await talked("Foreign", "pangolin", "", { inside: other });
  expect(await titles("pangolin")).toEqual(["Mine"]);
  expect(await titles("pangolin", {}, workspace.principals.owner)).toEqual([]);
  expect(await titles("pangolin", {}, workspace.principals.auditor)).toEqual(["Mine"]);
  expect(await titles("pangolin", {}, other.principals.viewer)).toEqual(["Foreign"]);
});

test("a restricted project's threads are found by its members, owners and auditors alone", async () => {
  const closed = await makeWorkspace(db);
  await talked("Closed", "okapi", "", { inside: closed });
  await db.prisma.project.update({ where: { id: closed.projectId }, data: { visibility: "restricted" } });
  const newcomer = await addMember(db, closed.id, "member");
  expect(await titles("okapi", {}, newcomer)).toEqual([]);
  expect(await titles("okapi", {}, closed.principals.owner)).toEqual(["Closed"]);
  await db.prisma.projectMember.create({
    data: { projectId: closed.projectId, userId: newcomer.userId, role: "viewer" },
  });
  expect(await titles("okapi", {}, newcomer)).toEqual(["Closed"]);
});

test("filters narrow down, alone too", async () => {
  const id = await talked("Filtered", "quokka", "");
  await talked("Other", "quokka", "");
  await db.prisma.thread.update({ where: { id }, data: { status: "archived" } });
  expect(await titles("quokka", { status: "archived" })).toEqual(["Filtered"]);
  expect(await titles("", { status: "archived" })).toEqual(["Filtered"]);
  expect(await titles("quokka", { memberId: workspace.principals.owner.userId })).toEqual([]);
  expect(await titles("quokka", { projectId: other.projectId })).toEqual([]);
  const { hits, more } = await search("quokka", { limit: 1 });
  expect([hits.length, more]).toEqual([1, true]);
});

test("odd input finds nothing and breaks nothing; a very long text is kept and found by its beginning", async () => {
  for (const query of ["'; DROP TABLE", "& | ! <->", "\\", "%_", "a".repeat(1_000), "\u0002\u0003", "the"]) {
    await expect(search(query), query).resolves.toBeDefined();
  }
  const words = Array.from({ length: 30_000 }, (_, n) => `w${n}x`).join(" ");
  await talked("Long", "narwhal", `marmoset ${words}`);
  expect(await titles("marmoset")).toEqual(["Long"]);
});

test("a prompt that was edited and sent again is found by its new text", async () => {
  const id = await talked("Edited", "capybara", "");
  await db.prisma.turn.updateMany({ where: { threadId: id }, data: { status: "superseded" } });
  expect(await titles("capybara")).toEqual([]);
});
