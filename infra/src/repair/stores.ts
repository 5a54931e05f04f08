import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readCommits } from "@heddle/agent/git/read";
import { rebuildThread } from "@heddle/agent/git/rebuild";
import { runGit } from "@heddle/agent/git/run";
import { makeStore, openStore, type ProjectStore } from "@heddle/agent/git/store";
import { listPacks } from "@heddle/db/checkpoint-packs";
import { createDatabase, type Database } from "@heddle/db/database";
import { readHostId } from "../host-id.ts";
import { messageOf } from "../start-failure.ts";
import type { Finding, RepairContext } from "./finding.ts";
import { salvageBases, salvageThread } from "./salvage.ts";

type Thread = {
  id: string;
  branch: string;
  baseCommit: string | null;
  headCommit: string | null;
  lastCheckpoint: string | null;
};
type Project = { id: string; name: string; sourcePath: string | null; threads: Thread[] };

const fsckTimeoutMs = 24 * 3_600_000;

/** Whether the git stores are whole and hold what the rows name. */
export async function checkStores(context: RepairContext, url: string): Promise<Finding[]> {
  const db = createDatabase({ url, poolSize: 2 });
  try {
    const findings: Finding[] = [];
    for (const project of await listProjects(db, context)) {
      const problem = await findProblem(openStore(context.home.dir, project.id), project);
      if (problem) findings.push(damagedStore(context, url, project, problem));
    }
    return findings;
  } finally {
    await db.close();
  }
}

/** Those that have been cloned, to this host if there are others. What their threads have need not be here. */
async function listProjects(db: Database, { home }: RepairContext): Promise<Project[]> {
  const hostId = readHostId(home.hostIdFile);
  const others = hostId === null ? 0 : await db.prisma.host.count({ where: { id: { not: hostId } } });
  const own = others > 0 && hostId !== null ? { hostId } : {};
  const commits = { id: true, branch: true, baseCommit: true, headCommit: true, lastCheckpoint: true } as const;
  const projects = await db.prisma.project.findMany({
    where: { fetchedAt: { not: null } },
    select: {
      id: true,
      name: true,
      sourcePath: true,
      threads: { select: commits, where: { baseCommit: { not: null }, ...own } },
    },
    orderBy: { id: "asc" },
  });
  const isHere = ({ id }: Project) => existsSync(join(home.reposDir, id));
  return projects.filter((project) => others === 0 || project.threads.length > 0 || isHere(project));
}

type Problem = { store: "upstream" | "threads"; what: string };

async function findProblem(store: ProjectStore, { threads }: Project): Promise<Problem | null> {
  const upstream = await fsck(store.upstreamDir);
  if (upstream) return { store: "upstream", what: upstream };
  const own = await fsck(store.threadsDir);
  if (own) return { store: "threads", what: own };
  const lost = await lostThreads(store, threads);
  if (lost.length === 0) return null;
  return { store: "threads", what: `commits of ${lost.length} threads are not in it` };
}

async function fsck(dir: string): Promise<string | null> {
  if (!existsSync(join(dir, "HEAD"))) return "it is missing";
  const args = ["fsck", "--full", "--no-dangling", "--no-progress"];
  try {
    const { exitCode, stdout, stderr } = await runGit(dir, args, { timeoutMs: fsckTimeoutMs, okCodes: allCodes });
    if (exitCode === 0) return null;
    return `${stderr}\n${stdout}`.trim().split("\n")[0] ?? `git fsck ends with ${exitCode}`;
  } catch (error) {
    return messageOf(error);
  }
}

const allCodes = Array.from({ length: 256 }, (_, code) => code);

/** Threads of which a row names a commit that is not there. */
async function lostThreads(store: ProjectStore, threads: Thread[]): Promise<Thread[]> {
  const lost: Thread[] = [];
  for (const thread of threads) {
    const wanted = [thread.baseCommit, thread.headCommit, thread.lastCheckpoint].filter((commit) => commit !== null);
    const found = await readCommits(store.threadsDir, wanted).catch(() => []);
    if (found.length < wanted.length || found.some((commit) => !commit)) lost.push(thread);
  }
  return lost;
}

function damagedStore(context: RepairContext, url: string, project: Project, problem: Problem): Finding {
  const store = openStore(context.home.dir, project.id);
  const dir = problem.store === "upstream" ? store.upstreamDir : store.threadsDir;
  const what = `the store ${dir} of the project “${project.name}” is damaged (${problem.what})`;
  if (problem.store === "upstream" && project.sourcePath === null) {
    // Only a running worker opens the credential of a repository at a URL.
    return { what, advice: `move ${dir} away, start Heddle, and fetch the project there` };
  }
  if (problem.store === "upstream" && !existsSync(project.sourcePath ?? "")) {
    return { what, advice: `put the project's source back at ${project.sourcePath}, and repair again` };
  }
  const from = problem.store === "upstream" ? `fetch it again from ${project.sourcePath}` : "make it anew";
  const would = `${from}, with what the threads have from their packs in the database and from the old store`;
  return { what, cure: { would, apply: () => renew(context, url, project, problem) } };
}

/** A source that cannot be read must not cost what the old store still has. */
async function fetchAnew(store: ProjectStore, { sourcePath }: Project, old: string | null): Promise<void> {
  try {
    await store.fetch(sourcePath ?? "");
  } catch (error) {
    rmSync(store.upstreamDir, { recursive: true, force: true });
    if (old) renameSync(old, store.upstreamDir);
    throw error;
  }
}

async function renew(context: RepairContext, url: string, project: Project, problem: Problem): Promise<void> {
  const { home, setAside, report } = context;
  const store = openStore(home.dir, project.id);
  const { threads } = project;
  if (problem.store === "upstream") {
    const old = existsSync(store.upstreamDir) ? setAside(store.upstreamDir) : null;
    await fetchAnew(store, project, old);
    const bases = threads.flatMap(({ baseCommit }) => baseCommit ?? []);
    if (old) await salvageBases(store, old, bases);
  }
  const isBad = (await fsck(store.threadsDir)) !== null;
  const old = isBad && existsSync(store.threadsDir) ? setAside(store.threadsDir) : null;
  await makeStore(store);
  const db = createDatabase({ url, poolSize: 2 });
  for (const thread of await lostThreads(store, threads)) {
    const packs = await listPacks({ db, threadId: thread.id });
    // Whatever cannot be had in this way may be had in the other; what remains is told below.
    await rebuildThread(store, thread.id, packs).catch(() => undefined);
    if (old) await salvageThread(store, old, thread);
  }
  await db.close();
  for (const { id } of await lostThreads(store, threads))
    report(`    the thread ${id} has lost commits for good: its conversation is there, its changes are not`);
}
