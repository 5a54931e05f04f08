import { lookup } from "node:dns/promises";
import { isPublicAddress } from "@heddle/agent/addresses";
import { AppError } from "@heddle/db/errors";

/**
 * Tells at once what the worker would refuse at each call: an address inside the network that no admin has allowed.
 * A name that does not resolve now passes: it may later, and the worker checks the address that it connects to.
 * @param allowedHosts lower-case host names and addresses that may be private
 * @throws ADDRESS_NOT_ALLOWED
 */
export async function assertAddressAllowed(
  baseUrl: string | undefined,
  allowedHosts: readonly string[],
): Promise<void> {
  if (baseUrl === undefined) return;
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (allowedHosts.includes(host)) return;
  const addresses = await lookup(host, { all: true }).catch(() => []);
  if (addresses.some(({ address }) => !isPublicAddress(address))) throw new AppError("ADDRESS_NOT_ALLOWED");
}
