import type { Database } from "@heddle/db/database";
import { networkLog } from "@heddle/db/network-decisions";
import { openTestDatabase } from "@heddle/db/testing/database";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { openTestThread } from "@heddle/db/testing/turns";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createNetworkPolicies, type NetworkPolicies } from "../src/network-policies.ts";
import { until } from "./harness.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let policies: NetworkPolicies;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
  policies = createNetworkPolicies(db, pino({ level: "silent" }));
});
afterAll(() => close());

const allow = (...allowedHosts: string[]) =>
  db.prisma.project.update({ where: { id: workspace.projectId }, data: { allowedHosts } });
const decision = (host: string) => ({ list: "commands", host, port: 443, reason: null }) as const;

test("tells the project's hosts as they are", async () => {
  const policy = policies.of((await openTestThread(db, workspace)).threadId);
  await allow("a.test");
  expect(await policy.allowedHosts("commands")).toEqual(["a.test"]);
  expect(await policy.allowedHosts("setup")).toEqual([]);
  await allow("b.test");
  await until(async () => (await policy.allowedHosts("commands"))[0] === "b.test");
  expect(await policies.of("gone").allowedHosts("commands")).toEqual([]);
});

test("keeps decisions by itself, at once when asked, and at the end", async () => {
  const scope = await openTestThread(db, workspace);
  const policy = policies.of(scope.threadId);
  const hosts = async () => (await networkLog(scope, {})).decisions.map(({ host }) => host);
  policy.onDecision(decision("a.test"));
  await until(async () => (await hosts()).length === 1);
  policy.onDecision(decision("b.test"));
  policy.onDecision(decision("c.test"));
  await policy.decisionsKept();
  expect(await hosts()).toEqual(["c.test", "b.test", "a.test"]);
  policy.onDecision(decision("d.test"));
  await policies.close();
  expect(await hosts()).toEqual(["d.test", "c.test", "b.test", "a.test"]);
});

test("counts what comes faster than it can be kept", async () => {
  const scope = await openTestThread(db, workspace);
  const policy = policies.of(scope.threadId);
  for (let index = 0; index < 6_000; index += 1) policy.onDecision(decision(`h${index}.test`));
  await policy.decisionsKept();
  expect(await db.prisma.networkDecision.count({ where: { threadId: scope.threadId } })).toBe(5_000);
  expect((await networkLog(scope, {})).unlogged).toBe(1_000);
});
