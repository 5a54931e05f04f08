import type { Principal } from "@heddle/db/scope";
import { type FullWorkspace, makeFullWorkspace, testSecret } from "@heddle/db/testing/full-workspace";
import { workspaceRows } from "@heddle/db/testing/workspace-rows";
import { callTRPCProcedure } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { sampleInput } from "../testing/sample-input.ts";
import { loadRoutes } from "../testing/serve-routes.ts";
import { startTestStack, type TestStack } from "../testing/test-stack.ts";
import { personalToken } from "../testing/tokens.ts";
import type { Access } from "./access.ts";
import { failureOf } from "./failure.ts";
import { appRouter } from "./root.ts";

/*
 * Nothing crosses a workspace: there are two, filled with everything, and whoever owns the one tries the ids of the
 * other wherever something can be named. New procedures, routes and tables are tried without a line here.
 */

type Definition = { type: "query" | "mutation"; inputs: z.ZodType[]; meta: { access: Access } };
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: Definition }>).map(
  ([name, { _def }]) => ({ name, ..._def, access: _def.meta.access }),
);

type Procedure = (typeof procedures)[number];

/** The key of the project or thread that a procedure is about. */
const placeOf = (access: Access) => (typeof access === "object" ? `${access.on}Id` : undefined);

let stack: TestStack;
let own: FullWorkspace;
let other: FullWorkspace;

beforeAll(async () => {
  stack = await startTestStack();
  own = await makeFullWorkspace(stack.runtime.db, "own-mark");
  other = await makeFullWorkspace(stack.runtime.db, "foreign-mark");
});
afterAll(() => stack.close());

const isId = (key: string) => /(Id|To)$|^before$/.test(key);

/** What a key of a procedure's input names. */
function idIn(workspace: FullWorkspace, key: string, procedure = ""): string | undefined {
  if (key === "itemId" && procedure.startsWith("inbox.")) return workspace.inboxItemId;
  const ids = workspace as unknown as Record<string, unknown>;
  const named = ids[key];
  if (typeof named === "string" && key.endsWith("Id")) return named;
  const { member, owner } = workspace.principals;
  if (key === "workspaceId") return workspace.id;
  if (key === "sessionId" && owner.via.type === "session") return owner.via.sessionId;
  if (key === "before") return workspace.queuedTurnId;
  return isId(key) ? member.userId : undefined;
}

/** Ids that only narrow, order or page what is one's own anyway: they lead to nothing, and are no error. */
const narrowing = ["search.threads", "sidebar.set", "threads.network"];

type Outcome = { code: string; answer: string };

/** @param inOwnPlace with the project or thread that the procedure is about in one's own workspace */
async function call({ name, type, inputs, access }: Procedure, inOwnPlace: boolean): Promise<Outcome> {
  const { runtime } = stack;
  const principal: Principal = own.principals.owner;
  const ctx = { db: runtime.db, runtime, principal, workspaceId: own.id, requestId: "test", ip: null };
  const getRawInput = async () =>
    sampleInput(inputs, (key) => idIn(inOwnPlace && key === placeOf(access) ? own : other, key, name));
  const request = { router: appRouter, path: name, type, getRawInput, ctx, signal: undefined, batchIndex: 0 };
  try {
    return { code: "ok", answer: JSON.stringify(await callTRPCProcedure(request)) ?? "" };
  } catch (error) {
    return { code: failureOf(error).error.code, answer: String(failureOf(error).error.message) };
  }
}

/** The ids that a procedure takes, by their keys. */
function idKeys({ inputs }: Procedure): string[] {
  const keys: string[] = [];
  sampleInput(inputs, (key) => {
    if (isId(key)) keys.push(key);
    return undefined;
  });
  return keys;
}

async function expectNothingCrosses(procedure: Procedure, inOwnPlace: boolean): Promise<string> {
  const before = await workspaceRows(stack.runtime.db, other);
  const { code, answer } = await call(procedure, inOwnPlace);
  expect(answer).not.toContain(other.mark);
  expect(answer).not.toContain(testSecret);
  expect(await workspaceRows(stack.runtime.db, other)).toEqual(before);
  return code;
}

describe.each(procedures)("$name", (procedure) => {
  const { access } = procedure;
  const keys = idKeys(procedure);

  test(`finds nothing by ${keys.length === 0 ? "no id" : "ids of the other workspace"}`, async () => {
    const code = await expectNothingCrosses(procedure, false);
    if (typeof access === "object" && access.on !== "workspace") expect(code).toBe("NOT_FOUND");
  });

  const others = keys.filter((key) => key !== placeOf(access));
  if (others.length === 0 || narrowing.includes(procedure.name)) return;
  test(`in one's own place, refuses the other's ${others.join(" and ")}`, async () => {
    expect(await expectNothingCrosses(procedure, true)).not.toMatch(/^(ok|BAD_INPUT)$/);
  });
});

describe("routes", async () => {
  const routes = (await loadRoutes()).flatMap(({ file, pattern, module }) =>
    Object.entries(module).flatMap(([method, handler]) => {
      const { access } = handler as unknown as { access: Access };
      return typeof access === "object" ? [{ file, pattern, method }] : [];
    }),
  );

  const fetchFrom = async (route: (typeof routes)[number], caller: FullWorkspace, place: FullWorkspace, more = "") => {
    const segment = (part: string) => {
      if (part === "[...item]") return `${encodeURIComponent(place.itemId)}/output`;
      if (part === "[projectId]" && route.pattern[0] === "git") return `${place.projectId}.git`;
      return part.startsWith("[") ? String(idIn(place, part.slice(1, -1))) : part;
    };
    const path = route.pattern.map(segment).join("/");
    const { token } = await personalToken(stack.runtime.db, caller, caller.principals.owner);
    const left = new AbortController();
    const response = await fetch(`${stack.url}/${path}?workspaceId=${place.id}${more}`, {
      method: route.method,
      headers: { authorization: `Bearer ${token}` },
      signal: left.signal,
    });
    const text = response.ok ? "" : await response.text();
    left.abort();
    return { status: response.status, text };
  };

  test.each(routes)("$method $file is not there with ids of the other workspace", async (route) => {
    const { status, text } = await fetchFrom(route, own, other);
    expect(status).toBe(404);
    expect(text).not.toContain(other.mark);
    // The same address is there for whoever belongs to it: for git's, as far as its repository.
    const there = await fetchFrom(route, other, other);
    expect(there.text).not.toBe(text);
  });

  test("the stream of one's own workspace takes in no thread of another", async () => {
    const stream = routes.find(({ file }) => file === "api/stream/route.ts");
    if (!stream) throw new Error("there is no stream");
    const [mine, theirs] = [`&threadId=${own.threadId}`, `&threadId=${other.threadId}`];
    expect((await fetchFrom(stream, own, own, mine)).status).toBe(200);
    expect((await fetchFrom(stream, own, own, theirs)).status).toBe(404);
  });
});

test("whoever belongs to both reaches only the token's own with a token", async () => {
  const { db } = stack.runtime;
  const { userId } = own.principals.owner;
  await db.prisma.membership.create({ data: { workspaceId: other.id, userId, role: "owner" } });
  const { token } = await personalToken(db, own, own.principals.owner);
  const ask = (path: string) => fetch(`${stack.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect((await ask(`/threads/${own.threadId}`)).status).toBe(200);
  expect((await ask(`/threads/${other.threadId}`)).status).toBe(404);
  expect((await ask(`/workspace?workspaceId=${other.id}`)).status).toBe(404);
  expect(await (await ask("/workspaces")).json()).toMatchObject([{ id: own.id }]);
});
