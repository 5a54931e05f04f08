import { BlockList, isIP } from "node:net";

/**
 * True for an IPv4 or IPv6 address of the public internet; false for every other text. Ranges kept for documentation
 * count as public: nothing private is reached there, and closed networks use them for their mirrors.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !reservedV4.check(address, "ipv4");
  if (family === 6) return globalV6.check(address, "ipv6") && !reservedV6.check(address, "ipv6");
  return false;
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry, with multicast and the class E block. */
const reservedV4 = blockList("ipv4", [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Azure's own services for each of its machines, at an address that only looks public.
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
]);

/** Global unicast: leaves out loopback, link-local, unique local, multicast, NAT64 and every form of mapped IPv4. */
const globalV6 = blockList("ipv6", [["2000::", 3]]);

/** https://www.iana.org/assignments/iana-ipv6-special-registry: Teredo and 6to4 carry an IPv4 address inside. */
const reservedV6 = blockList("ipv6", [
  ["2001::", 23],
  ["2002::", 16],
]);

function blockList(family: "ipv4" | "ipv6", subnets: [address: string, prefix: number][]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, family);
  return list;
}
