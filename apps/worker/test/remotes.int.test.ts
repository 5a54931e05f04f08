import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { controlQueue, pokeSignal, projectWorkflowId, projectWorkflowType } from "@heddle/agent/contract";
import { makeSshKey } from "@heddle/agent/git/remote/ssh-keys";
import { type GitHttpsServer, startGitHttps } from "@heddle/agent/git/remote/testing/https-server";
import { type GitSshServer, startGitSsh } from "@heddle/agent/git/remote/testing/ssh-server";
import { commitAll, userGit, writeFiles } from "@heddle/agent/git/testing/project";
import { readJob, requestCommit, requestPush } from "@heddle/db/jobs";
import { createProject, getProject, requestFetch } from "@heddle/db/projects";
import { parseRemoteUrl, type RemoteUrl } from "@heddle/db/remote-url";
import { cancelFetch, confirmHostKey, type NewCredential, setRemote } from "@heddle/db/remotes";
import { type ProjectScope, projectScope, type ThreadScope, threadScope, workspaceScope } from "@heddle/db/scope";
import { createSecretBox } from "@heddle/db/secrets";
import { createThread } from "@heddle/db/threads";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Stage, script, secretKey, settled, shell, until } from "./harness.ts";

const user = { name: "ada", token: "tok-0c3e/+" };
const secrets = createSecretBox([secretKey]);
const key = makeSshKey("heddle");
const byKey: NewCredential = { secret: { kind: "key", privateKey: key.privateKey }, publicKey: key.publicKey };
const byToken: NewCredential = {
  secret: { kind: "token", username: user.name, token: user.token },
  publicKey: null,
};

let stage: Stage;
let root: string;
let work: string;
let https: GitHttpsServer;
let ssh: GitSshServer;
let connection: Connection;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "heddle-remotes-"));
  work = join(root, "work");
  await mkdir(work);
  await userGit(work, "init", "-q", "-b", "main");
  await writeFiles(work, { "README.md": "# Shop\n" });
  await commitAll(work, "one");
  https = await startGitHttps(root, user);
  ssh = await startGitSsh(root, key.publicKey);
  stage = await openStage();
  connection = await Connection.connect({ address: stage.temporalAddress });
  const allowPrivate = (host: string) => host === "localhost";
  await stage.startWorker({ remotes: { allowPrivate, caFile: https.caFile } });
});
afterAll(async () => {
  await connection?.close();
  await stage?.close();
  await https?.close();
  await ssh?.close();
  await rm(root, { recursive: true, force: true });
});

/** A bare repository of its own for a test. */
async function newBare(): Promise<{ dir: string; name: string }> {
  const name = `shop-${++count}.git`;
  await userGit(root, "clone", "-q", "--bare", work, name);
  return { dir: join(root, name), name };
}

async function newProject(url: string, credential: NewCredential): Promise<ProjectScope> {
  const { db, workspace } = stage;
  const scope = await workspaceScope(db, workspace.principals.owner, workspace.id, "project.create");
  const source = { url: parseRemoteUrl(url) as RemoteUrl, credential };
  const { id } = await createProject(scope, secrets, { name: `p${++count}`, source });
  await poke(id);
  return projectScope(db, workspace.principals.owner, id, "project.manage");
}

async function poke(projectId: string): Promise<void> {
  await new Client({ connection }).workflow.signalWithStart(projectWorkflowType, {
    workflowId: projectWorkflowId(projectId),
    taskQueue: controlQueue,
    args: [{ projectId }],
    signal: pokeSignal,
  });
}

const when = (scope: ProjectScope, fits: (project: Awaited<ReturnType<typeof getProject>>) => boolean) =>
  until(async () => {
    const project = await getProject(scope);
    return fits(project) && project;
  });
const ready = (scope: ProjectScope) => when(scope, ({ status, fetchedAt }) => status === "ready" && fetchedAt !== null);

/** A thread that has changed a file and committed it. */
async function committedThread({ projectId }: ProjectScope): Promise<ThreadScope> {
  const { db, workspace } = stage;
  const scope = await projectScope(db, workspace.principals.member, projectId, "thread.create");
  const prompt = script(shell("echo changed > made.txt"), "Done.");
  const { id } = await createThread(scope, { prompt, model: "demo/scenario-tools", visibility: "shared" });
  await stage.poke(id);
  const thread = await threadScope(db, workspace.principals.member, id, "thread.commit");
  expect(await settled(thread)).toMatchObject({ status: "idle" });
  await done(thread, await requestCommit(thread, { message: "Make a file" }));
  return thread;
}

async function done(scope: ThreadScope, { jobId }: { jobId: string }): Promise<unknown> {
  await stage.poke(scope.threadId);
  return until(async () => {
    const job = await readJob(scope, jobId);
    return job.status === "done" && job.output;
  });
}

const tipOf = async (dir: string, ref: string) => (await userGit(dir, "rev-parse", ref)).trim();

test("a project is cloned over https, a thread works in it, and its branch is pushed", async () => {
  const bare = await newBare();
  const project = await newProject(https.url(bare.name), byToken);
  expect(await ready(project)).toMatchObject({ defaultBranch: "main", reason: null });
  const thread = await committedThread(project);
  const result = await done(thread, await requestPush(thread));
  const { branch, headCommit } = await stage.db.prisma.thread.findUniqueOrThrow({ where: { id: thread.threadId } });
  expect(result).toEqual({ remote: https.url(bare.name), branch, commit: headCommit });
  expect(await tipOf(bare.dir, branch)).toBe(headCommit);

  const foreign = await tipOf(bare.dir, "main");
  const other = (await userGit(bare.dir, "commit-tree", "-p", foreign, "-m", "theirs", `${foreign}^{tree}`)).trim();
  await userGit(bare.dir, "update-ref", `refs/heads/${branch}`, other);
  await expect(done(thread, await requestPush(thread))).rejects.toMatchObject({ code: "NOT_FAST_FORWARD" });
  expect(await tipOf(bare.dir, branch)).toBe(other);
});

test("over ssh a person confirms the server's key first; then it is cloned and pushed to", async () => {
  const bare = await newBare();
  const project = await newProject(`ssh://git@localhost:${ssh.port}/${bare.name}`, byKey);
  const waiting = await when(project, ({ remote }) => remote?.offeredHostKey !== null);
  expect(waiting).toMatchObject({ status: "cloning", reasonCode: "HOST_KEY_UNKNOWN" });
  await confirmHostKey(project, waiting.remote?.offeredHostKey ?? "");
  await poke(project.projectId);
  await ready(project);
  const thread = await committedThread(project);
  expect(await done(thread, await requestPush(thread))).toMatchObject({ commit: expect.any(String) });

  const { projectId } = project;
  const other = `ssh-ed25519 ${key.publicKey.split(" ")[1]}`;
  await stage.db.prisma.projectRemote.update({ where: { projectId }, data: { hostKey: other } });
  await requestFetch(project);
  await poke(projectId);
  expect(await when(project, ({ reasonCode }) => reasonCode === "HOST_KEY_CHANGED")).toMatchObject({ status: "ready" });
});

test("a fetch that is due is made by itself, and tells what was rewritten, deleted and renamed", async () => {
  const bare = await newBare();
  await userGit(bare.dir, "branch", "old", "main");
  const project = await newProject(https.url(bare.name), byToken);
  await ready(project);
  const thread = await committedThread(project);
  const tree = await tipOf(bare.dir, "main^{tree}");
  const rewritten = (await userGit(bare.dir, "commit-tree", "-m", "rewritten", tree)).trim();
  await userGit(bare.dir, "update-ref", "refs/heads/main", rewritten);
  await userGit(bare.dir, "branch", "trunk", "main");
  await userGit(bare.dir, "symbolic-ref", "HEAD", "refs/heads/trunk");
  await userGit(bare.dir, "branch", "-D", "old");
  const { projectId } = project;
  await stage.db.prisma.projectRemote.update({ where: { projectId }, data: { fetchDueAt: new Date(0) } });
  const { changes, defaultBranch } = await when(project, (view) => view.changes !== null);
  expect(changes).toMatchObject({
    rewritten: ["main"],
    deleted: ["old"],
    defaultBranch: { from: "main", to: "trunk" },
  });
  expect(defaultBranch).toBe("trunk");
  expect(await done(thread, await requestPush(thread))).toMatchObject({ branch: expect.any(String) });
});

test("a clone is given up, goes on when it is asked for, and says why it cannot", async () => {
  const bare = await newBare();
  let asked = 0;
  https.answer = () => {
    // Leaves the request without an answer.
    asked += 1;
  };
  const project = await newProject(https.url(bare.name), byToken);
  await until(async () => asked > 0);
  await cancelFetch(project);
  expect(await when(project, ({ status }) => status === "failed")).toMatchObject({ reasonCode: "FETCH_CANCELLED" });
  https.answer = null;
  await setRemote(project, secrets, { credential: { secret: null, publicKey: null } });
  await poke(project.projectId);
  expect(await when(project, ({ status }) => status === "failed")).toMatchObject({ reasonCode: "REMOTE_AUTH_FAILED" });
  await setRemote(project, secrets, { credential: byToken });
  await poke(project.projectId);
  await ready(project);
});

test("nothing of a credential is in a history, a row or a message", async () => {
  const bare = await newBare();
  const project = await newProject(https.url(bare.name), byToken);
  await ready(project);
  const { workflow } = new Client({ connection });
  const history = await workflow.getHandle(projectWorkflowId(project.projectId)).fetchHistory();
  const rows = await stage.db.prisma.auditEvent.findMany({ where: { workspaceId: stage.workspace.id } });
  const projects = await stage.db.prisma.project.findMany({ include: { remote: true } });
  for (const text of [JSON.stringify(history), JSON.stringify(rows), JSON.stringify(projects)]) {
    expect(text).not.toContain(user.token);
    expect(text).not.toContain("PRIVATE KEY");
  }
});
