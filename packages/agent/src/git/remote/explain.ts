import { GitError, type GitErrorCode } from "../errors.ts";
import type { Remote } from "./remote.ts";

type Meaning = { says: RegExp; code: GitErrorCode; message: (remote: Remote) => string };

/** Git's words, in the C locale, and those of common servers; the first that fits counts. */
const meanings: Meaning[] = [
  {
    says: /Authentication failed|could not read (Username|Password)|returned error: 40[13]|Permission denied \(/i,
    code: "REMOTE_AUTH_FAILED",
    message: ({ host, credential }) =>
      credential === null
        ? `${host} asks who is there, and the project has no credential.`
        : `${host} does not accept the project's credential, or it has no right to this repository.`,
  },
  {
    says: /returned error: 30\d|unable to update url base from redirection/i,
    code: "REMOTE_MOVED",
    message: ({ host }) => `${host} says that the repository has moved. Use its new address.`,
  },
  {
    says: /repository .* not found|repository not found|returned error: 404|not appear to be a git repository|no such (repository|project)|could not be found/i,
    code: "REMOTE_NOT_FOUND",
    message: ({ host }) => `${host} has no such repository, or does not show it to the project's credential.`,
  },
  {
    says: /not valid: (is this a git repository|could not determine hash)|invalid server response/i,
    code: "NOT_A_REPOSITORY",
    message: () => "What answers at that address is not a git repository.",
  },
  {
    says: /certificate|SSL|TLS/i,
    code: "REMOTE_UNREACHABLE",
    message: ({ host }) => `The certificate of ${host} is not one that this server trusts.`,
  },
  {
    says: /could not resolve|failed to connect|connection (refused|timed out|reset)|couldn't connect|network is unreachable|no route to host/i,
    code: "REMOTE_UNREACHABLE",
    message: ({ host, port }) => `${host} does not answer at port ${port}.`,
  },
  {
    says: /operation too slow|remote end hung up|early EOF|RPC failed|unexpected disconnect|returned error: 5\d\d|expected flush/i,
    code: "REMOTE_UNREACHABLE",
    message: ({ host }) => `${host} broke off in the middle.`,
  },
  {
    says: /fsck error|index-pack failed|unpack-objects error|bad object|missing object/i,
    code: "GIT_FAILED",
    message: () => "The repository holds objects that git refuses as damaged or dangerous.",
  },
];

/** A failure of git at a remote, as one of our codes. @param said what the server's command wrote, where git has not seen it */
export function explainRemote(remote: Remote, error: unknown, said: string, redact: (text: string) => string): unknown {
  if (!(error instanceof GitError)) return error;
  const detail = redact(`${said}\n${error.detail}`.trim());
  if (error.code !== "GIT_FAILED") return new GitError(error.code, error.message, detail);
  const meaning = meanings.find(({ says }) => says.test(detail));
  if (!meaning) return new GitError("GIT_FAILED", `git could not work with the repository at ${remote.host}.`, detail);
  return new GitError(meaning.code, meaning.message(remote), detail);
}
