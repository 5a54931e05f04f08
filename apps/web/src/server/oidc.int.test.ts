import { createInvitation } from "@heddle/db/invitations";
import { createInvitationInput } from "@heddle/db/invitations.schema";
import { workspaceScope } from "@heddle/db/scope";
import { hashPassword } from "@heddle/db/sessions";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { type IssuedClaims, type OidcIssuer, startOidcIssuer } from "@heddle/testing/oidc-issuer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../testing/test-stack.ts";

/** Where next-auth believes the server of a test stack to be. */
const publicUrl = "http://localhost:3000";
const password = "correct horse battery staple";

let stack: TestStack;
let workspace: TestWorkspace;
let issuer: OidcIssuer;
let count = 0;

beforeAll(async () => {
  issuer = await startOidcIssuer();
  issuer.allow(`${publicUrl}/api/auth/callback/oidc`);
  stack = await startTestStack({
    HEDDLE_OIDC_ISSUER: issuer.url,
    HEDDLE_OIDC_CLIENT_ID: issuer.clientId,
    HEDDLE_OIDC_CLIENT_SECRET: issuer.clientSecret,
    HEDDLE_OIDC_DOMAINS: "Example.test",
    HEDDLE_OIDC_SCOPES: "openid email profile groups",
    HEDDLE_OIDC_ROLE_CLAIM: "groups",
    HEDDLE_OIDC_ROLES: "heddle-admins=admin, staff=member",
  });
  workspace = await makeWorkspace(stack.runtime.db);
});
afterAll(async () => {
  await stack?.close();
  await issuer?.close();
});

/** A person at the issuer, of the staff unless told otherwise. */
function newPerson(claims: IssuedClaims = {}): { sub: string; email: string } {
  const sub = `sub-${++count}`;
  const email = claims.email ?? `${sub}@example.test`;
  issuer.people.set(sub, { email, email_verified: true, name: "Ada Byron", groups: ["staff"], ...claims });
  return { sub, email };
}

type Answer = { path: string; error: string | null };

/** A browser: keeps cookies, and follows redirects to the issuer and back. */
function newBrowser() {
  const jar = new Map<string, string>();
  async function ask(address: string, init: RequestInit = {}): Promise<Response> {
    const url = address.replace(publicUrl, stack.url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", ...init, headers: { cookie, ...init.headers } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }
  async function post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    const { csrfToken } = (await (await ask(`${stack.url}/api/auth/csrf`)).json()) as { csrfToken: string };
    const body = new URLSearchParams({ ...fields, csrfToken, json: "true" });
    return ask(`${stack.url}${path}`, { method: "POST", body, headers });
  }
  /** @returns the address at the issuer */
  async function leave(fields: Record<string, string> = {}): Promise<string> {
    const answer = await post("/api/auth/signin/oidc", { callbackUrl: "/threads", ...fields });
    return ((await answer.json()) as { url: string }).url;
  }
  /** @returns the first address that is neither the issuer's nor next-auth's */
  async function follow(from: string): Promise<Answer> {
    let at = from;
    for (let step = 0; step < 12; step += 1) {
      const location = (await ask(at)).headers.get("location");
      if (location === null) break;
      const next = new URL(location, at);
      if (next.origin !== issuer.url && !next.pathname.startsWith("/api/auth/")) {
        return { path: next.pathname, error: next.searchParams.get("error") };
      }
      at = next.href;
    }
    throw new Error(`no way on from ${at}`);
  }
  return {
    ask,
    post,
    leave,
    follow,
    async signIn(sub: string | null, fields: Record<string, string> = {}): Promise<Answer> {
      issuer.person = sub;
      return follow(await leave(fields));
    },
    whoAmI: async () =>
      ((await (await ask(`${stack.url}/api/auth/session`)).json()) as { user?: { name: string } }).user?.name,
  };
}

const memberOf = (email: string) =>
  stack.runtime.db.prisma.user.findUniqueOrThrow({
    where: { email },
    include: { memberships: { select: { workspaceId: true, role: true } }, identities: true },
  });

async function newAccount(email = `own-${++count}@example.test`, role: "owner" | "member" = "member") {
  const { prisma } = stack.runtime.db;
  const user = await prisma.user.create({ data: { email, name: "Ben", passwordHash: await hashPassword(password) } });
  await prisma.membership.create({ data: { userId: user.id, workspaceId: workspace.id, role } });
  const browser = newBrowser();
  expect((await browser.post("/api/auth/callback/credentials", { email, password })).status).toBe(200);
  return { browser, email, userId: user.id };
}

async function invite(email?: string): Promise<string> {
  const { db } = stack.runtime;
  const scope = await workspaceScope(db, workspace.principals.owner, workspace.id, "member.invite");
  return (await createInvitation(scope, createInvitationInput.parse({ role: "viewer", email }))).token;
}

describe("somebody whom the issuer knows", () => {
  test("gets an account by the domain of a verified address, and the same one the next time", async () => {
    const { sub, email } = newPerson();
    const browser = newBrowser();
    expect(await browser.signIn(sub)).toEqual({ path: "/threads", error: null });
    expect(await browser.whoAmI()).toBe("Ada Byron");
    const user = await memberOf(email);
    expect(user).toMatchObject({
      passwordHash: null,
      memberships: [{ workspaceId: workspace.id, role: "member" }],
      identities: [{ issuer: issuer.url, subject: sub }],
    });
    issuer.people.set(sub, { ...issuer.people.get(sub), email: "renamed@example.test", email_verified: false });
    expect(await newBrowser().signIn(sub)).toMatchObject({ error: null });
    expect(await memberOf(email)).toMatchObject({ id: user.id });
    const audited = await stack.runtime.db.prisma.auditEvent.findMany({
      where: { workspaceId: workspace.id, actorId: user.id },
      orderBy: { seq: "asc" },
    });
    expect(audited.map(({ action, via }) => `${action} ${via}`)).toEqual([
      "member.register oidc",
      "session.open oidc",
      "session.open oidc",
    ]);
  });

  test.each([
    ["an address that is not verified", { email_verified: false }, "SSO_EMAIL_NOT_VERIFIED"],
    ["no address", { email: undefined }, "SSO_EMAIL_NOT_VERIFIED"],
    ["another domain", { email: "eve@elsewhere.test" }, "SSO_NOT_ADMITTED"],
    ["a domain that ends like ours", { email: "eve@notexample.test" }, "SSO_NOT_ADMITTED"],
    ["no group with a role", { groups: ["others"] }, "SSO_NO_ROLE"],
  ])("with %s is told why there is no way in", async (_what, claims, error) => {
    const { sub } = newPerson(claims);
    const browser = newBrowser();
    expect(await browser.signIn(sub)).toEqual({ path: "/sign-in", error });
    expect(await browser.whoAmI()).toBeUndefined();
    expect(await stack.runtime.db.prisma.identity.count({ where: { subject: sub } })).toBe(0);
  });

  test("has the role that the groups give at each sign-in, an owner's excepted; who was removed stays out", async () => {
    const { sub, email } = newPerson({ groups: ["staff", "heddle-admins"] });
    const where = { workspaceId: workspace.id, user: { email } };
    const { prisma } = stack.runtime.db;
    await newBrowser().signIn(sub);
    expect((await memberOf(email)).memberships).toMatchObject([{ role: "admin" }]);
    const regroup = (groups: string[]) => issuer.people.set(sub, { ...issuer.people.get(sub), groups });
    regroup(["staff"]);
    await newBrowser().signIn(sub);
    expect((await memberOf(email)).memberships).toMatchObject([{ role: "member" }]);
    regroup([]);
    expect(await newBrowser().signIn(sub)).toMatchObject({ error: "SSO_NO_ROLE" });
    await prisma.membership.updateMany({ where, data: { role: "owner" } });
    expect(await newBrowser().signIn(sub)).toMatchObject({ error: null });
    expect((await memberOf(email)).memberships).toMatchObject([{ role: "owner" }]);
    await prisma.membership.deleteMany({ where });
    regroup(["staff"]);
    expect(await newBrowser().signIn(sub)).toMatchObject({ error: null });
    expect((await memberOf(email)).memberships).toEqual([]);
  });

  test("takes an invitation, from any domain, if it is for them", async () => {
    const guest = newPerson({ email: "guest@elsewhere.test" });
    const other = await invite("somebody@elsewhere.test");
    expect(await newBrowser().signIn(guest.sub, { invitation: other })).toEqual({
      path: "/sign-in",
      error: "JOIN_REFUSED",
    });
    const invitation = await invite("guest@elsewhere.test");
    expect(await newBrowser().signIn(guest.sub, { invitation })).toMatchObject({ error: null });
    expect((await memberOf(guest.email)).memberships).toEqual([{ workspaceId: workspace.id, role: "viewer" }]);
    const late = newPerson({ email: "late@elsewhere.test" });
    expect(await newBrowser().signIn(late.sub, { invitation })).toMatchObject({ error: "INVITATION_INVALID" });
  });

  test("who signs in twice at once has one account", async () => {
    const { sub, email } = newPerson();
    const answers = await Promise.all([newBrowser(), newBrowser()].map((browser) => browser.signIn(sub)));
    expect(answers).toMatchObject([{ error: null }, { error: null }]);
    expect((await memberOf(email)).identities).toHaveLength(1);
  });
});

describe("an account that is there already", () => {
  test("is not taken over by its address, but connected by who is signed in to it", async () => {
    const { browser, email, userId } = await newAccount();
    const { sub } = newPerson({ email });
    expect(await newBrowser().signIn(sub)).toEqual({ path: "/sign-in", error: "SSO_LINK_FIRST" });
    expect(await browser.signIn(sub, { link: "yes", callbackUrl: "/settings/account" })).toEqual({
      path: "/settings/account",
      error: null,
    });
    const elsewhere = newBrowser();
    expect(await elsewhere.signIn(sub)).toMatchObject({ error: null });
    expect(await elsewhere.whoAmI()).toBe("Ben");
    const other = await newAccount();
    expect(await other.browser.signIn(sub, { link: "yes" })).toEqual({
      path: "/settings/account",
      error: "SSO_IDENTITY_TAKEN",
    });
    expect((await memberOf(email)).identities).toMatchObject([{ userId, subject: sub }]);
  });

  test("is connected by nobody who has signed out meanwhile, or was never signed in", async () => {
    const { browser, email, userId } = await newAccount();
    const { sub } = newPerson();
    issuer.person = sub;
    const there = await browser.leave({ link: "yes" });
    await stack.runtime.db.prisma.session.updateMany({ where: { userId }, data: { revokedAt: new Date() } });
    expect(await browser.follow(there)).toEqual({ path: "/settings/account", error: "UNAUTHENTICATED" });
    expect(await newBrowser().signIn(sub, { link: "yes" })).toMatchObject({ error: "UNAUTHENTICATED" });
    expect((await memberOf(email)).identities).toEqual([]);
    expect(await stack.runtime.db.prisma.identity.count({ where: { subject: sub } })).toBe(0);
  });

  test("is disconnected by its owner, unless there is no other way in", async () => {
    const { browser, email } = await newAccount();
    const { sub } = newPerson();
    await browser.signIn(sub, { link: "yes" });
    const disconnect = (own: ReturnType<typeof newBrowser>, identityId: string) =>
      own.ask(`${stack.url}/api/trpc/account.unlinkIdentity`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: stack.url },
        body: JSON.stringify({ json: { identityId } }),
      });
    const [own] = (await memberOf(email)).identities;
    expect((await disconnect((await newAccount()).browser, own?.id ?? "")).status).toBe(404);
    expect((await disconnect(browser, own?.id ?? "")).status).toBe(200);
    expect((await memberOf(email)).identities).toEqual([]);
    const only = newPerson();
    const theirs = newBrowser();
    await theirs.signIn(only.sub);
    const [last] = (await memberOf(only.email)).identities;
    const refused = await disconnect(theirs, last?.id ?? "");
    expect(await refused.json()).toMatchObject({ error: { json: { data: { code: "SSO_ONLY_WAY_IN" } } } });
  });
});

describe("the way to the issuer and back", () => {
  test("is held together by PKCE, state and nonce, and takes nothing of the address that was asked for", async () => {
    const browser = newBrowser();
    const answer = await browser.post("/api/auth/signin/oidc?redirect_uri=http://evil.test/&prompt=none", {});
    const { searchParams } = new URL(((await answer.json()) as { url: string }).url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      redirect_uri: `${publicUrl}/api/auth/callback/oidc`,
      code_challenge_method: "S256",
      code_challenge: expect.any(String),
      state: expect.any(String),
      nonce: expect.any(String),
    });
    expect(searchParams.has("prompt")).toBe(false);
  });

  test("does not end in another browser than it began in, nor twice", async () => {
    const { sub } = newPerson();
    issuer.person = sub;
    const browser = newBrowser();
    const there = await browser.leave();
    // Up to the issuer's answer, which somebody else gets hold of.
    let at = there;
    while (!at.startsWith(publicUrl)) at = new URL((await browser.ask(at)).headers.get("location") ?? "", at).href;
    const victim = newBrowser();
    expect(await victim.follow(at)).toEqual({ path: "/sign-in", error: "SSO_FAILED" });
    expect(await victim.whoAmI()).toBeUndefined();
    expect(await browser.follow(at)).toMatchObject({ error: null });
    expect(await browser.follow(at)).toMatchObject({ error: "SSO_FAILED" });
  });

  test("who refuses there, and who comes from another site's page, is signed in nowhere", async () => {
    expect(await newBrowser().signIn(null)).toEqual({ path: "/sign-in", error: "SSO_FAILED" });
    const forged = await newBrowser().post("/api/auth/signin/oidc", {}, { "sec-fetch-site": "cross-site" });
    expect(forged.status).toBe(403);
  });

  test("leaves the browser nothing to read", async () => {
    const answer = await newBrowser().post("/api/auth/signin/oidc", { invitation: "its secret" });
    const cookies = answer.headers.getSetCookie();
    for (const purpose of ["state", "nonce", "pkce", "intent"]) {
      expect(cookies).toContainEqual(expect.stringContaining(`heddle-3000-${purpose}=`));
    }
    for (const line of cookies) expect(line).toMatch(/HttpOnly.*SameSite=Lax|SameSite=Lax.*HttpOnly/i);
    expect(cookies.join()).not.toContain("its secret");
  });
});
