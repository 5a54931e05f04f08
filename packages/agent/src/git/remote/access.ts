import { GitError } from "../errors.ts";
import { addressOf } from "./address.ts";
import { explainRemote } from "./explain.ts";
import { openHttps } from "./https.ts";
import { redactor } from "./redact.ts";
import type { Access, Remote } from "./remote.ts";
import { openSsh } from "./ssh.ts";

const always = [
  "protocol.allow=never",
  "credential.helper=",
  "core.askPass=",
  "submodule.recurse=false",
  "fetch.recurseSubmodules=false",
  "push.recurseSubmodules=no",
  "fetch.fsckObjects=true",
  "transfer.fsckObjects=true",
  // Harmless faults of old tools, which well-known repositories have in their history.
  "fetch.fsck.zeroPaddedFilemode=ignore",
  "fetch.fsck.missingSpaceBeforeDate=ignore",
  "fetch.fsck.badTimezone=ignore",
];

/**
 * Runs `work` with a way to a remote that is closed again afterwards.
 * @throws GitError `ADDRESS_NOT_ALLOWED`, `REMOTE_UNREACHABLE`, and what `work` throws
 */
export async function withRemote<T>(remote: Remote, work: (access: Access) => Promise<T>): Promise<T> {
  const address = await addressOf(remote);
  const redact = redactor(remote);
  const door = remote.scheme === "https" ? await openHttps(remote, address) : await openSsh(remote, address);
  try {
    return await work({
      settings: [...always, ...door.settings].flatMap((setting) => ["-c", setting]),
      flags: [],
      location: remote.url,
      env: door.env,
      secretFd: door.secretFd,
      isRemote: true,
      explain: (error) => {
        const isGits = error instanceof GitError && error.code === "GIT_FAILED";
        return (isGits && door.failure()) || explainRemote(remote, error, door.said(), redact);
      },
    });
  } finally {
    await door.close();
  }
}
