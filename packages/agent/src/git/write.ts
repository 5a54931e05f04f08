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

/** Makes a commit object in the store of threads; the same values make the same commit. */
export async function writeCommit(store: ProjectStore, commit: NewCommit): Promise<string> {
  return gitLine(store.threadsDir, ["hash-object", "-t", "commit", "-w", "--stdin"], { stdin: commitBody(commit) });
}

/** The commit as git keeps it. Time to the second, in UTC. */
export function commitBody({ tree, parent, message, author, committer, at }: NewCommit): Buffer {
  const time = `${commitSeconds(at)} +0000`;
  const lines = [
    `tree ${tree}`,
    `parent ${parent}`,
    `author ${identityLine(author)} ${time}`,
    `committer ${identityLine(committer)} ${time}`,
  ];
  return Buffer.from(`${lines.join("\n")}\n\n${cleanMessage(message)}`);
}

export const commitSeconds = (at: Date) => Math.floor(at.getTime() / 1000);

export const cleanMessage = (message: string) => `${message.replaceAll("\0", "").trimEnd()}\n`;

function identityLine({ name, email }: Identity): string {
  return `${identityText(name) || "Unknown"} <${identityText(email)}>`;
}

/** Without what git takes for crud in a name. */
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
