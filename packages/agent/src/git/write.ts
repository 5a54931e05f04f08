import { GitError } from "./errors.ts";
import { withRepositoryLock } from "./lock.ts";
import { gitLine, runGit } from "./run.ts";
import type { ProjectStore } from "./store.ts";

export type Identity = { name: string; email: string };

export type NewCommit = {
  tree: string;
  parent: string;
  message: string;
  author: Identity;
  committer: Identity;
  at: Date;
};

const noObject = "0".repeat(40);

/** Makes a commit object in the store of threads; the same values make the same commit. Time to the second, in UTC. */
export async function writeCommit(store: ProjectStore, commit: NewCommit): Promise<string> {
  const date = `@${commitSeconds(commit.at)} +0000`;
  const env = {
    GIT_AUTHOR_NAME: identityText(commit.author.name) || "Unknown",
    GIT_AUTHOR_EMAIL: identityText(commit.author.email),
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: identityText(commit.committer.name) || "Unknown",
    GIT_COMMITTER_EMAIL: identityText(commit.committer.email),
    GIT_COMMITTER_DATE: date,
  };
  const args = ["commit-tree", commit.tree, "-p", commit.parent, "-F", "-"];
  return gitLine(store.threadsDir, args, { env, stdin: cleanMessage(commit.message) });
}

export const commitSeconds = (at: Date) => Math.floor(at.getTime() / 1000);

export const cleanMessage = (message: string) => `${message.replaceAll("\0", "").trimEnd()}\n`;

/** What git takes for crud would leave an empty name, which it refuses. */
function identityText(text: string): string {
  return text.replace(/[\p{Cc}<>]/gu, "").replace(/^[\s.,:;"'\\]+|[\s.,:;"'\\]+$/g, "");
}

/**
 * Moves a ref of the store of threads.
 * @param from what it pointed to when last read; null if it did not exist
 * @throws GitError `REPOSITORY_BUSY` when somebody else moved it meanwhile
 */
export async function moveRef(store: ProjectStore, ref: string, to: string, from: string | null): Promise<void> {
  if (to === from) return;
  await withRepositoryLock(store.threadsDir, async ({ fd: lockFd }) => {
    const args = ["update-ref", "--no-deref", ref, to, from ?? noObject];
    await runGit(store.threadsDir, args, { lockFd }).catch((error: unknown) => {
      if (!(error instanceof GitError) || !/but expected|already exists/.test(error.detail)) throw error;
      throw new GitError("REPOSITORY_BUSY", "The thread was changed by somebody else meanwhile.", error.detail);
    });
  });
}
