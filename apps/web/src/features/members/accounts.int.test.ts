import { workspaceScope } from "@heddle/db/scope";
import { hashPassword } from "@heddle/db/sessions";
import { addMember, makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { openTestThread } from "@heddle/db/testing/turns";
import { createBotToken } from "@heddle/db/tokens";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Browser, openBrowser } from "../../testing/browser.ts";
import { callApi } from "../../testing/call-api.ts";
import { openEvents } from "../../testing/event-client.ts";
import { startTestStack, type TestStack } from "../../testing/test-stack.ts";
import { personalToken } from "../../testing/tokens.ts";

let stack: TestStack;
let workspace: TestWorkspace;

const password = "correct horse";
const newEmail = () => `${crypto.randomUUID()}@example.test`;

beforeAll(async () => {
  stack = await startTestStack();
});
beforeEach(async () => {
  workspace = await makeWorkspace(stack.runtime.db);
});
afterAll(() => stack.close());

/** A member with a password, signed in by it. */
async function signedIn(role: "owner" | "admin" | "member"): Promise<{ browser: Browser; email: string; id: string }> {
  const { db } = stack.runtime;
  const { userId: id } = await addMember(db, workspace.id, role);
  const email = newEmail();
  await db.prisma.user.update({ where: { id }, data: { email, passwordHash: await hashPassword(password) } });
  const browser = openBrowser(stack.url);
  if (!(await browser.signIn(email, password))) throw new Error("the password is wrong");
  return { browser, email, id };
}

async function invited(input: object = {}): Promise<{ id: string; token: string }> {
  const { browser } = await signedIn("admin");
  return (await browser.mutate("invitations.create", input)) as { id: string; token: string };
}

describe("an invitation", () => {
  test("is looked at and taken without an account, and signs in with the password chosen", async () => {
    const { token } = await invited({ role: "viewer" });
    const browser = openBrowser(stack.url);
    expect(await browser.query("invitations.offer", { token })).toMatchObject({ role: "viewer", addressed: false });
    const email = newEmail();
    const join = { token, name: "Ben", email: email.toUpperCase(), password };
    expect(await browser.mutate("invitations.join", join)).toEqual({ workspaceId: workspace.id });
    expect(await browser.query("workspaces.current")).toBe("UNAUTHENTICATED");
    expect(await browser.signIn(email, password)).toBe(true);
    expect(await browser.query("workspaces.current")).toMatchObject({ id: workspace.id, role: "viewer" });
    expect(await browser.mutate("invitations.join", { ...join, email: newEmail() })).toBe("INVITATION_INVALID");
  });

  test("tells of what is wrong with a name, an address or a password before it is used up", async () => {
    const { token } = await invited();
    const browser = openBrowser(stack.url);
    const good = { token, name: "Ben", email: newEmail(), password };
    for (const wrong of [{ name: " " }, { email: "nobody" }, { password: "short" }]) {
      expect(await browser.mutate("invitations.join", { ...good, ...wrong })).toBe("BAD_INPUT");
    }
    expect(await browser.mutate("invitations.join", good)).toEqual({ workspaceId: workspace.id });
  });

  test("tries out no addresses: after ten it is shut, also for looking and guessing in between", async () => {
    const { token } = await invited({ email: newEmail() });
    const browser = openBrowser(stack.url);
    const attempt = () => browser.mutate("invitations.join", { token, name: "Ben", email: newEmail(), password });
    for (let index = 0; index < 10; index += 1) {
      expect(await attempt()).toBe("JOIN_REFUSED");
      expect(await browser.query("invitations.offer", { token })).toMatchObject({ addressed: true });
    }
    expect(await attempt()).toBe("RATE_LIMITED");
    const keys = (await stack.runtime.db.prisma.rateLimit.findMany()).map(({ key }) => key);
    expect(keys.join()).toContain("link-pair:");
    expect(keys.join()).not.toContain(token);
  });

  test("made by the API is told again for the same key, and is kept sealed", async () => {
    const { db } = stack.runtime;
    const scope = await workspaceScope(db, workspace.principals.owner, workspace.id, "token.manage");
    const { token } = await createBotToken(scope, { role: "admin" });
    const make = () =>
      callApi(stack.url, "POST", "/invitations", {
        token,
        body: { role: "member", expiresInDays: 2 },
        headers: { "idempotency-key": "once" },
      });
    const [first, again] = [await make(), await make()];
    expect(first).toMatchObject({ status: 200, body: { token: expect.stringMatching(/^[\w-]{43}$/) } });
    expect(again.body).toEqual(first.body);
    const kept = await db.prisma.idempotencyKey.findMany();
    expect(JSON.stringify(kept)).not.toContain((first.body as { token: string }).token);
    const { body } = await callApi(stack.url, "GET", "/invitations", { token });
    expect(body).toMatchObject([{ role: "member", email: null }]);
  });
});

describe("a member who is removed", () => {
  test("is out at once: the open stream ends, the token and the browser are refused", async () => {
    const { db } = stack.runtime;
    const { browser, id } = await signedIn("member");
    const admin = await signedIn("admin");
    const { threadId } = await openTestThread(db, workspace);
    const { token } = await personalToken(db, workspace, { ...workspace.principals.member, userId: id });
    const client = await openEvents(`${stack.url}/api/v1/threads/${threadId}/events`, {
      authorization: `Bearer ${token}`,
    });
    await client.until((all) => all.length > 0);
    expect(await admin.browser.mutate("members.remove", { userId: id })).toEqual({
      threads: 0,
      turns: 0,
      tokens: 1,
      botTokens: 0,
    });
    await client.ended;
    expect((await callApi(stack.url, "GET", "/workspace", { token })).status).toBe(401);
    expect(await browser.query("workspaces.current")).toBe("UNAUTHENTICATED");
  });
});

describe("a password", () => {
  test("is changed in one browser, and the other one is signed out", async () => {
    const { browser, email } = await signedIn("member");
    const other = openBrowser(stack.url);
    await other.signIn(email, password);
    const change = (current: string) => browser.mutate("account.changePassword", { current, next: "another horse" });
    expect(await change("wrong")).toBe("PASSWORD_WRONG");
    expect(await change(password)).toEqual({});
    expect(await browser.query("account.get")).toMatchObject({ email });
    expect(await other.query("account.get")).toBe("UNAUTHENTICATED");
    expect([await other.signIn(email, password), await other.signIn(email, "another horse")]).toEqual([false, true]);
  });

  test("is not guessed by who has found an open browser", async () => {
    const { browser } = await signedIn("member");
    const guess = (current: string) => browser.mutate("account.changePassword", { current, next: "another horse" });
    for (let index = 0; index < 10; index += 1) expect(await guess(`guess ${index}`)).toBe("PASSWORD_WRONG");
    expect(await guess(password)).toBe("RATE_LIMITED");
  });

  test("is set anew by an admin's link, once; a link says nothing about whose it is", async () => {
    const member = await signedIn("member");
    const { browser } = await signedIn("admin");
    const link = (await browser.mutate("members.resetPassword", { userId: member.id })) as { token: string };
    const stranger = openBrowser(stack.url);
    expect(await stranger.query("account.checkReset", { token: link.token })).toEqual({});
    const use = () => stranger.mutate("account.useReset", { token: link.token, password: "another horse" });
    expect(await use()).toEqual({});
    expect(await member.browser.query("account.get")).toBe("UNAUTHENTICATED");
    expect(await stranger.signIn(member.email, "another horse")).toBe(true);
    expect(await use()).toBe("RESET_INVALID");
  });
});

describe("sessions", () => {
  test("are seen and ended from another browser", async () => {
    const { browser, email } = await signedIn("member");
    const other = openBrowser(stack.url);
    await other.signIn(email, password);
    const seen = (await browser.query("account.sessions")) as { id: string; current: boolean }[];
    expect(seen.filter(({ current }) => current)).toHaveLength(1);
    const third = seen.find(({ current }) => !current);
    expect(await browser.mutate("account.signOut", { sessionId: third?.id })).toEqual({});
    expect(await other.query("account.get")).toBe("UNAUTHENTICATED");
    expect(await browser.mutate("account.signOut", {})).toEqual({});
    expect(await browser.query("account.get")).toBe("UNAUTHENTICATED");
  });
});
