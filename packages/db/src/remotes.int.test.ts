import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { fingerprintOf } from "./project-view.ts";
import { createProject, getProject, recordFetch, requestFetch, unfinishedProjects } from "./projects.ts";
import { createProvider } from "./providers.ts";
import { parseRemoteUrl, type RemoteUrl } from "./remote-url.ts";
import {
  cancelFetch,
  confirmHostKey,
  dueProjects,
  isFetchCancelled,
  loadSource,
  type NewCredential,
  noteProgress,
  setRemote,
} from "./remotes.ts";
import { rotateSecrets } from "./rotate-secrets.ts";
import { type ProjectScope, projectScope, workspaceScope } from "./scope.ts";
import { createSecretBox } from "./secrets.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";

const newKey = () => randomBytes(32).toString("base64");
const ring = newKey();
const secrets = createSecretBox([ring]);
const secret = { kind: "token", username: "ada", token: "tok-5f1" } as const;
const byToken: NewCredential = { secret, publicKey: null };
const hostKeys = ["one", "two"].map((text) => `ssh-ed25519 ${Buffer.from(text).toString("base64")}`);
const [first = "", second = ""] = hostKeys;

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let count = 0;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const urlOf = (text: string) => parseRemoteUrl(text) as RemoteUrl;

async function newProject(text: string, credential = byToken): Promise<ProjectScope> {
  const scope = await workspaceScope(db, workspace.principals.admin, workspace.id, "project.create");
  const name = `remote ${++count}`;
  const { id } = await createProject(scope, secrets, { name, source: { url: urlOf(text), credential } });
  return projectScope(db, workspace.principals.admin, id, "project.manage");
}
const row = ({ projectId }: ProjectScope) => db.prisma.projectRemote.findUniqueOrThrow({ where: { projectId } });
const fetched = { ok: true, defaultBranch: "main", changes: null } as const;
const shows = (offeredHostKey: string, code: string) =>
  ({ ok: false, code, reason: "A key.", offeredHostKey }) as const;

describe("the credential of a repository", () => {
  test("is sealed at rest, opened for git alone, and in no view, log or audit event", async () => {
    const scope = await newProject("https://example.com/shop.git");
    expect((await row(scope)).secretEnvelope).toMatch(/^v1\./);
    expect(await loadSource(db, secrets, scope.projectId)).toEqual({
      url: "https://example.com/shop.git",
      scheme: "https",
      host: "example.com",
      port: 443,
      user: null,
      credential: secret,
      hostKey: null,
    });
    const view = await getProject(scope);
    expect(view).toMatchObject({ source: { url: "https://example.com/shop.git" }, status: "cloning" });
    expect(view.remote).toMatchObject({ credential: "token", username: "ada" });
    const audit = await db.prisma.auditEvent.findMany({ where: { resourceId: scope.projectId } });
    expect(audit).not.toHaveLength(0);
    for (const text of [JSON.stringify(view), JSON.stringify(audit), JSON.stringify(await row(scope))])
      expect(text).not.toContain(secret.token);
  });

  test("is lost with the key that sealed it, and survives its rotation, as do providers' keys", async () => {
    const scope = await newProject("https://example.com/rotated.git");
    const owner = await workspaceScope(db, workspace.principals.owner, workspace.id, "provider.manage");
    const input = { name: "p", kind: "openai-chat", baseUrl: "http://127.0.0.1:1/v1", apiKey: "sk-1" } as const;
    const { id } = await createProvider(owner, secrets, { ...input, models: [{ id: "m" }] });
    const next = newKey();
    const only = createSecretBox([next]);
    await expect(loadSource(db, only, scope.projectId)).rejects.toMatchObject({ code: "CREDENTIAL_LOST" });
    expect(await rotateSecrets(db, only)).toBe(0);
    expect(await rotateSecrets(db, createSecretBox([next, ring]))).toBeGreaterThanOrEqual(2);
    expect(await loadSource(db, only, scope.projectId)).toMatchObject({ credential: secret });
    const { apiKeyEnvelope } = await db.prisma.provider.findUniqueOrThrow({ where: { id } });
    expect(only.open({ workspaceId: workspace.id, model: "provider", id }, apiKeyEnvelope ?? "")).toBe("sk-1");
    await rotateSecrets(db, createSecretBox([ring, next]));
  });

  test("is not for another server: who writes the address could have it sent anywhere", async () => {
    const scope = await newProject("https://example.com/shop.git");
    await setRemote(scope, secrets, { url: urlOf("https://example.com/renamed.git") });
    expect(await loadSource(db, secrets, scope.projectId)).toMatchObject({ credential: secret });
    for (const text of ["https://example.org/renamed.git", "https://example.com:8443/renamed.git"]) {
      await setRemote(scope, secrets, { url: urlOf("https://example.com/x"), credential: byToken });
      await setRemote(scope, secrets, { url: urlOf(text) });
      expect(await row(scope)).toMatchObject({ credential: "none", secretEnvelope: null, username: null });
    }
  });

  test("does not open in another project's row", async () => {
    const [one, two] = [await newProject("https://example.com/1"), await newProject("https://example.com/2")];
    const { secretEnvelope } = await row(one);
    await db.prisma.projectRemote.update({ where: { projectId: two.projectId }, data: { secretEnvelope } });
    await expect(loadSource(db, secrets, two.projectId)).rejects.toMatchObject({ code: "CREDENTIAL_LOST" });
  });
});

describe("the key of a repository's server", () => {
  test("waits for a person when it is shown first", async () => {
    const scope = await newProject("git@example.com:shop");
    await recordFetch(db, scope.projectId, shows(first, "HOST_KEY_UNKNOWN"));
    const view = await getProject(scope);
    expect(view).toMatchObject({ status: "cloning", reasonCode: "HOST_KEY_UNKNOWN" });
    expect(view.remote).toMatchObject({ hostKey: null, offeredHostKey: fingerprintOf(first) });
    expect(await unfinishedProjects(db)).not.toContain(scope.projectId);
    await expect(confirmHostKey(scope, fingerprintOf(second))).rejects.toMatchObject({ code: "HOST_KEY_CHANGED" });
    const confirmed = await confirmHostKey(scope, fingerprintOf(first));
    expect(confirmed).toMatchObject({ status: "cloning", reason: null });
    expect(await row(scope)).toMatchObject({ hostKey: first, offeredHostKey: null });
    expect(await unfinishedProjects(db)).toContain(scope.projectId);
  });

  test("is trusted no more once it is another one, until a person has looked; threads go on", async () => {
    const scope = await newProject("git@example.com:shop");
    await db.prisma.projectRemote.update({ where: { projectId: scope.projectId }, data: { hostKey: first } });
    await recordFetch(db, scope.projectId, fetched);
    await recordFetch(db, scope.projectId, shows(second, "HOST_KEY_CHANGED"));
    expect(await getProject(scope)).toMatchObject({ status: "ready", reasonCode: "HOST_KEY_CHANGED" });
    await db.prisma.projectRemote.updateMany({ data: { fetchDueAt: new Date(0) } });
    expect(await dueProjects(db)).not.toContain(scope.projectId);
    await confirmHostKey(scope, fingerprintOf(second));
    expect(await row(scope)).toMatchObject({ hostKey: second });
    await setRemote(scope, secrets, { url: urlOf("git@example.org:shop") });
    expect(await row(scope)).toMatchObject({ hostKey: null });
    // Of a fetch from the first address that was still under way.
    await recordFetch(db, scope.projectId, shows(first, "HOST_KEY_UNKNOWN"), "git@example.com:shop");
    expect(await row(scope)).toMatchObject({ offeredHostKey: null });
  });
});

describe("a fetch", () => {
  test("is due again after the project's time, and never where that is 0", async () => {
    const scope = await newProject("https://example.com/shop");
    const isDue = async () => (await dueProjects(db)).includes(scope.projectId);
    await recordFetch(db, scope.projectId, fetched);
    expect(await isDue()).toBe(false);
    const where = { projectId: scope.projectId };
    const { fetchDueAt } = await row(scope);
    expect((fetchDueAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(14 * 60_000);
    await db.prisma.projectRemote.update({ where, data: { fetchDueAt: new Date(0) } });
    expect(await isDue()).toBe(true);
    await setRemote(scope, secrets, { fetchEveryMinutes: 0 });
    expect(await isDue()).toBe(false);
    await recordFetch(db, scope.projectId, fetched);
    expect((await row(scope)).fetchDueAt).toBe(null);
  });

  test("shows how far it is, can be given up, and is asked for anew", async () => {
    const scope = await newProject("https://example.com/shop");
    const progress = { phase: "receiving", objects: 1, totalObjects: 2, bytes: 3 } as const;
    await noteProgress(db, scope.projectId, progress);
    expect((await getProject(scope)).remote?.progress).toEqual(progress);
    await cancelFetch(scope);
    expect(await isFetchCancelled(db, scope.projectId)).toBe(true);
    await recordFetch(db, scope.projectId, { ok: false, code: "FETCH_CANCELLED", reason: "Cancelled." });
    expect(await getProject(scope)).toMatchObject({ status: "failed", reasonCode: "FETCH_CANCELLED" });
    expect((await requestFetch(scope)).status).toBe("cloning");
    await recordFetch(db, scope.projectId, fetched);
    await cancelFetch(scope);
    expect(await isFetchCancelled(db, scope.projectId)).toBe(false);
    const path = await projectScope(db, workspace.principals.admin, workspace.projectId, "project.manage");
    await expect(cancelFetch(path)).rejects.toMatchObject({ code: "NO_REMOTE" });
  });

  test("says what changed upstream until the next change", async () => {
    const scope = await newProject("https://example.com/shop");
    const changes = { rewritten: ["main"], deleted: ["old"], defaultBranch: { from: "main", to: "trunk" } };
    await recordFetch(db, scope.projectId, { ...fetched, changes });
    await recordFetch(db, scope.projectId, fetched);
    expect((await getProject(scope)).changes).toMatchObject(changes);
  });
});
