import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isPublicAddress } from "../../addresses.ts";
import { GitError } from "../errors.ts";
import type { Remote } from "./remote.ts";

/**
 * The address to connect to: looked up once and checked, so that a name which resolves differently the next time does
 * not help. Private ones only where an admin has allowed the host by name.
 * @throws GitError `ADDRESS_NOT_ALLOWED`, `REMOTE_UNREACHABLE`
 */
export async function addressOf({ host, allowPrivate }: Pick<Remote, "host" | "allowPrivate">): Promise<string> {
  const found = isIP(host) === 0 ? await resolve(host) : [host];
  const open = allowPrivate(host) ? found : found.filter(isPublicAddress);
  const [address] = open;
  if (address !== undefined) return address;
  const message = `${host} is at a private address. Whoever runs this server can allow it with HEDDLE_ALLOWED_PRIVATE_HOSTS.`;
  throw new GitError("ADDRESS_NOT_ALLOWED", message);
}

async function resolve(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new GitError("REMOTE_UNREACHABLE", `There is no server named ${host}.`, String(error));
  }
}
