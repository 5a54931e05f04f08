import { hashPassword } from "@heddle/db/sessions";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../testing/test-stack.ts";

let stack: TestStack;
let workspace: TestWorkspace;
let cookieJar: Map<string, string>;

const password = "correct horse battery staple";

beforeAll(async () => {
  stack = await startTestStack();
  workspace = await makeWorkspace(stack.runtime.db);
});
afterAll(() => stack.close());

/** A person with a password; each test takes its own, because attempts are counted. */
async function newPerson(): Promise<{ email: string; userId: string }> {
  const { prisma } = stack.runtime.db;
  const email = `${crypto.randomUUID()}@example.test`;
  const { id: userId } = await prisma.user.create({
    data: { email, name: "Ada", passwordHash: await hashPassword(password) },
  });
  await prisma.membership.create({ data: { userId, workspaceId: workspace.id, role: "member" } });
  return { email, userId };
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const cookie = [...cookieJar].map(([name, value]) => `${name}=${value}`).join("; ");
  const response = await fetch(`${stack.url}${path}`, {
    redirect: "manual",
    ...init,
    headers: { cookie, ...init.headers },
  });
  for (const line of response.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === "") cookieJar.delete(name);
    else cookieJar.set(name, value);
  }
  return response;
}

/** As the page does it: the token against forged requests first, then the form. */
async function signIn(email: string, secret = password) {
  cookieJar = new Map();
  return submit("/api/auth/callback/credentials", { email, password: secret });
}

async function submit(path: string, fields: Record<string, string>) {
  const { csrfToken } = (await (await ask("/api/auth/csrf")).json()) as { csrfToken: string };
  const response = await ask(path, {
    method: "POST",
    body: new URLSearchParams({ ...fields, csrfToken, callbackUrl: "/", json: "true" }),
  });
  const { url } = (await response.json()) as { url: string };
  return {
    status: response.status,
    error: new URL(url).searchParams.get("error"),
    setCookie: response.headers.getSetCookie(),
  };
}

const whoAmI = async () => ((await (await ask("/api/auth/session")).json()) as { user?: { name: string } }).user?.name;
const readWorkspace = (headers: Record<string, string> = {}) => ask("/api/trpc/workspaces.current", { headers });
const makeToken = (headers: Record<string, string>) =>
  ask("/api/trpc/tokens.createPersonal", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ json: { name: "mine" } }),
  });

describe("sign-in", () => {
  test("opens a session that the browser's calls run on", async () => {
    const { email } = await newPerson();
    const { status, error, setCookie } = await signIn(email);
    expect({ status, error }).toEqual({ status: 200, error: null });
    const session = setCookie.find((line) => line.startsWith("heddle-3000-session="));
    expect(session).toMatch(/HttpOnly/);
    expect(session).toMatch(/SameSite=Lax/i);
    expect(session).not.toMatch(/Secure/);
    expect(await whoAmI()).toBe("Ada");
    const answer = await readWorkspace();
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ result: { data: { json: { id: workspace.id, role: "member" } } } });
  });

  test("a wrong password and an unknown address get the same answer", async () => {
    const { email } = await newPerson();
    const wrong = await signIn(email, "wrong");
    const unknown = await signIn("nobody@example.test", "wrong");
    expect(wrong).toMatchObject({ status: 401, error: "SIGN_IN_FAILED" });
    expect({ ...unknown, setCookie: [] }).toEqual({ ...wrong, setCookie: [] });
    expect(await whoAmI()).toBeUndefined();
    expect((await readWorkspace()).status).toBe(401);
  });

  test("an address takes any case; oddities are refused, not failed", async () => {
    const { email } = await newPerson();
    expect(await signIn(email.toUpperCase())).toMatchObject({ status: 200 });
    for (const odd of ["", "\0", "x".repeat(2_000), "\ud800"]) {
      expect(await signIn(odd, "wrong")).toMatchObject({ status: 401, error: "SIGN_IN_FAILED" });
    }
  });

  test("guessing is slowed, for the right password too, and only for that address", async () => {
    const { email } = await newPerson();
    const other = await newPerson();
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await signIn(email, "wrong")).error).toBe("SIGN_IN_FAILED");
    expect(await signIn(email)).toMatchObject({ status: 429, error: "RATE_LIMITED" });
    expect(await signIn("never-seen@example.test", "wrong")).toMatchObject({ status: 401 });
    expect(await signIn(other.email)).toMatchObject({ status: 200 });
  });

  test("right passwords do not use up the attempts", async () => {
    const { email } = await newPerson();
    for (let attempt = 0; attempt < 12; attempt += 1) expect((await signIn(email)).status).toBe(200);
  });

  test("another site's page signs nobody in, even with a token that it planted", async () => {
    const { email } = await newPerson();
    cookieJar = new Map();
    const { csrfToken } = (await (await ask("/api/auth/csrf")).json()) as { csrfToken: string };
    const attempt = (headers: Record<string, string>) =>
      ask("/api/auth/callback/credentials", {
        method: "POST",
        headers,
        body: new URLSearchParams({ email, password, csrfToken, json: "true" }),
      });
    for (const from of ["same-site", "cross-site"])
      expect((await attempt({ "sec-fetch-site": from })).status).toBe(403);
    expect((await attempt({ origin: "http://elsewhere.test" })).status).toBe(403);
    expect(await whoAmI()).toBeUndefined();
    expect((await attempt({ origin: stack.url })).status).toBe(200);
    expect(await whoAmI()).toBe("Ada");
  });

  test("of next-auth's addresses only those that the pages use are open", async () => {
    const log = await ask("/api/auth/_log", {
      method: "POST",
      body: new URLSearchParams({ level: "error", code: "x" }),
    });
    expect(log.status).toBe(404);
    for (const path of ["providers", "signin", "error", "callback/credentials"])
      expect((await ask(`/api/auth/${path}`)).status, path).toBe(404);
  });

  test("without the token against forged requests nobody is signed in", async () => {
    const { email } = await newPerson();
    cookieJar = new Map();
    const body = new URLSearchParams({ email, password, json: "true" });
    await ask("/api/auth/callback/credentials", { method: "POST", body });
    expect(await whoAmI()).toBeUndefined();
  });
});

describe("a session", () => {
  test("ends with the sign-out, so that a copied cookie is worth nothing", async () => {
    const { email } = await newPerson();
    await signIn(email);
    const copied = new Map(cookieJar);
    await submit("/api/auth/signout", {});
    expect(await whoAmI()).toBeUndefined();
    cookieJar = copied;
    expect(await whoAmI()).toBeUndefined();
    expect((await readWorkspace()).status).toBe(401);
  });

  test("ends when its row is revoked", async () => {
    const { email, userId } = await newPerson();
    await signIn(email);
    expect((await readWorkspace()).status).toBe(200);
    await stack.runtime.db.prisma.session.updateMany({ where: { userId }, data: { revokedAt: new Date() } });
    expect((await readWorkspace()).status).toBe(401);
  });

  test("changes nothing for another site's page", async () => {
    const { email } = await newPerson();
    await signIn(email);
    expect((await makeToken({ "sec-fetch-site": "cross-site", origin: stack.url })).status).toBe(403);
    expect((await makeToken({ "sec-fetch-site": "same-site" })).status).toBe(403);
    expect((await makeToken({ origin: "http://elsewhere.test" })).status).toBe(403);
    expect((await makeToken({})).status).toBe(403);
    expect((await makeToken({ "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect((await makeToken({ origin: stack.url })).status).toBe(200);
  });

  test("chooses a workspace by header, and only one's own", async () => {
    const other = await makeWorkspace(stack.runtime.db);
    const { email, userId } = await newPerson();
    await signIn(email);
    expect((await readWorkspace({ "x-heddle-workspace": other.id })).status).toBe(404);
    await stack.runtime.db.prisma.membership.create({ data: { userId, workspaceId: other.id, role: "viewer" } });
    expect(await (await readWorkspace({ "x-heddle-workspace": other.id })).json()).toMatchObject({
      result: { data: { json: { id: other.id, role: "viewer" } } },
    });
  });

  test("errors of the browser's calls carry our codes, and a batch its own status", async () => {
    const { email } = await newPerson();
    await signIn(email);
    const input = encodeURIComponent(JSON.stringify({ 0: { json: { projectId: "none" } }, 1: {} }));
    const mixed = await ask(`/api/trpc/projects.get,projects.list?batch=1&input=${input}`);
    expect(mixed.status).toBe(207);
    expect(await mixed.json()).toMatchObject([
      { error: { json: { data: { code: "NOT_FOUND", status: 404, retryable: false } } } },
      { result: { data: { json: [{ id: workspace.projectId }] } } },
    ]);
    const unknown = await ask("/api/trpc/nothing.here");
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { json: { data: { code: "NOT_FOUND" } } } });
  });
});
