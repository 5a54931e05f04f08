import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startOidcIssuer } from "@heddle/testing/oidc-issuer";
import { test as base, expect } from "@playwright/test";
import { expectAccessible } from "./accessible.ts";
import { signIn } from "./fixtures.ts";
import { api, createStack } from "./stack.ts";

const test = base.extend<{ place: Awaited<ReturnType<typeof openPlace>> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs from the pattern
  place: async ({}, use) => {
    const place = await openPlace();
    await use(place);
    await place.close();
  },
});

/** An issuer, and a stack that people of one domain come into by it. */
async function openPlace() {
  const dir = await mkdtemp(join(tmpdir(), "heddle-oidc-"));
  const issuer = await startOidcIssuer();
  const stack = await createStack(join(dir, "home"), {
    HEDDLE_OIDC_ISSUER: issuer.url,
    HEDDLE_OIDC_CLIENT_ID: issuer.clientId,
    HEDDLE_OIDC_CLIENT_SECRET: issuer.clientSecret,
    HEDDLE_OIDC_NAME: "Weaver ID",
    HEDDLE_OIDC_DOMAINS: "weavers.test",
  });
  issuer.allow(`${stack.url}/api/auth/callback/oidc`);
  await stack.start();
  return {
    issuer,
    stack,
    async close() {
      await stack.stop();
      await issuer.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

test("people sign in at an issuer: by their domain, by an invitation, and to an account that they have", async ({
  browser,
  place: { issuer, stack },
}) => {
  const people = { ada: "ada@weavers.test", eve: "eve@elsewhere.test", owner: "boss@weavers.test" };
  for (const [sub, email] of Object.entries(people)) {
    issuer.people.set(sub, { email, email_verified: true, name: `${sub} by issuer` });
  }
  const arrive = async (sub: string, path: string) => {
    const page = await (await browser.newContext({ baseURL: stack.url })).newPage();
    issuer.person = sub;
    await page.goto(path);
    return page;
  };

  const ada = await arrive("ada", "/settings/account");
  await ada.getByRole("button", { name: "Continue with Weaver ID" }).click();
  await expect(ada).toHaveURL("/settings/account");
  await expect(ada.getByLabel("Name", { exact: true })).toHaveValue("ada by issuer");
  await ada.getByRole("button", { name: "Disconnect" }).click();
  await expect(ada.getByText(/^It is your only way in/)).toBeVisible();
  await expectAccessible(ada, "connected account");

  const eve = await arrive("eve", "/");
  await eve.getByRole("button", { name: "Continue with Weaver ID" }).click();
  await expect(eve.getByText("You have no account here yet. Ask an admin for an invitation.")).toBeVisible();
  await expectAccessible(eve, "sign-in refused");
  const { token } = await api<{ token: string }>(stack, "POST", "/invitations", { role: "viewer" });
  await eve.goto(`/join/${token}`);
  await eve.getByRole("button", { name: "Continue with Weaver ID" }).click();
  await expect(eve.getByText("Your role (viewer) reads threads and does not start them.")).toBeVisible();

  const owner = await arrive("owner", "/");
  await signIn(owner, "/settings/account");
  await owner.getByRole("button", { name: "Connect Weaver ID" }).click();
  await expect(owner.getByRole("button", { name: "Disconnect" })).toBeVisible();
  const again = await arrive("owner", "/sign-in");
  await again.getByRole("button", { name: "Continue with Weaver ID" }).click();
  await expect(again.getByRole("button", { name: /, owner/ })).toBeVisible();
  for (const page of [ada, eve, owner, again]) await page.context().close();
});
