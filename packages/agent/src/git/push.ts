import { GitError } from "./errors.ts";
import { withRemote } from "./remote/access.ts";
import { redactor } from "./remote/redact.ts";
import type { Remote } from "./remote/remote.ts";
import { runGit } from "./run.ts";
import type { ProjectStore } from "./store.ts";

const timeoutMs = 30 * 60_000;
const maxReasonChars = 300;

/**
 * Sends a commit of the store of threads to a branch of the remote, never by force; the same again is no change.
 * @param branch without `refs/heads/`
 * @throws GitError `NOT_FAST_FORWARD`, `PUSH_REJECTED` with the server's reason, `REF_NOT_FOUND`, and those of remotes
 */
export async function pushCommit(
  store: ProjectStore,
  remote: Remote,
  { branch, commit, signal }: { branch: string; commit: string; signal?: AbortSignal },
): Promise<void> {
  await withRemote(remote, async ({ settings, location, env, secretFd, explain }) => {
    // Objects that only the threads' store has are looked for there and in upstream, whose objects it borrows.
    const args = [
      "push",
      "--porcelain",
      "--no-verify",
      "--no-signed",
      "--",
      location,
      `${commit}:refs/heads/${branch}`,
    ];
    const options = { env, secretFd, signal, timeoutMs, okCodes: [0, 1] };
    const { exitCode, stdout, stderr } = await runGit(store.threadsDir, [...settings, ...args], options).catch(
      (error: unknown) => {
        throw explain(error);
      },
    );
    if (exitCode === 0) return;
    const redact = redactor(remote);
    const refused = refusal(branch, redact(stdout.toString()), redact(stderr));
    throw refused ?? explain(new GitError("GIT_FAILED", "git push failed.", stderr));
  });
}

/**
 * From `--porcelain`: `!⇥from:to⇥[rejected] (reason)`.
 * @param told what git and the server have written, the server's lines after `remote: `
 */
function refusal(branch: string, porcelain: string, told: string): GitError | null {
  const [, what, why = ""] = /^!\t[^\t]*\t\[([^\]]*)\] ?\(?(.*?)\)?$/m.exec(porcelain) ?? [];
  if (what === undefined) return null;
  if (what === "rejected") {
    const message = `“${branch}” at the remote has commits that the thread's branch lacks, and Heddle overwrites nothing. Rename or delete it there, then push again.`;
    return new GitError("NOT_FAST_FORWARD", message, why);
  }
  const said = [...told.matchAll(/^remote: (?!error: hook declined)(.*\S)/gm)].map(([, line]) => line).join(" ");
  const reason = `${why || what}.${said && ` It says: ${said}`}`.replace(/\p{Cc}/gu, " ").slice(0, maxReasonChars);
  return new GitError("PUSH_REJECTED", `The repository's server refused “${branch}”: ${reason}`, why);
}
