import { constants } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GitError } from "../errors.ts";
import { secretDescriptor } from "../run.ts";
import type { Remote } from "./remote.ts";

/** A way to one server while it is open. */
export type Door = {
  settings: string[];
  env: Record<string, string>;
  secretFd?: number;
  /** What went wrong with the connection, where that is known in better words than git's. */
  failure(): GitError | null;
  /** What the server's command wrote as errors, where git has not seen it. */
  said(): string;
  close(): Promise<void>;
};

const unheard = { failure: () => null, said: () => "" };

/** Stalls of this length end a transfer. */
const stallSeconds = 60;

/**
 * Lets git speak https with one server at one address, and answer for the credential through a program that reads an
 * open file without a name: what git is given holds no secret, neither does any folder.
 */
export async function openHttps(remote: Remote, address: string): Promise<Door> {
  const { host, port, caFile } = remote;
  const settings = [
    "protocol.https.allow=always",
    // A redirect could lead to an address that is not checked, and would take the credential along.
    "http.followRedirects=false",
    "http.sslVerify=true",
    "http.proxy=",
    "http.lowSpeedLimit=1000",
    `http.lowSpeedTime=${stallSeconds}`,
    ...(isIP(host) === 0
      ? [`http.curloptResolve=${host}:${port}:${isIP(address) === 6 ? `[${address}]` : address}`]
      : []),
    ...(caFile === undefined ? [] : [`http.sslCAInfo=${caFile}`]),
  ];
  if (remote.credential?.kind !== "token") {
    return { ...unheard, settings, env: { GIT_ASKPASS: "/bin/false" }, close: async () => undefined };
  }
  const { username, token } = remote.credential;
  const folder = await mkdtemp(join(tmpdir(), "heddle-askpass-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const askpass = join(folder, "askpass");
    await writeFile(askpass, askpassProgram, { mode: 0o700 });
    const secret = await namelessFile(join(folder, "secret"), `${username}\n${token}\n`);
    return {
      ...unheard,
      settings,
      env: { GIT_ASKPASS: askpass },
      secretFd: secret.fd,
      close: async () => {
        await secret.close();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

const askpassProgram = `#!/bin/sh
case "$1" in
  Username*) sed -n 1p /dev/fd/${secretDescriptor} ;;
  Password*) sed -n 2p /dev/fd/${secretDescriptor} ;;
esac
`;

/** Its name is gone before it has any content. */
async function namelessFile(path: string, text: string) {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await rm(path);
    await file.writeFile(text);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
