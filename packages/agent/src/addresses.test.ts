import { describe, expect, it } from "vitest";
import { isPublicAddress } from "./addresses.ts";

describe("isPublicAddress", () => {
  it.each([
    "8.8.8.8",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "203.0.113.80",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
  ])("%s is public", (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ["this host", "0.0.0.0"],
    ["private", "10.1.2.3"],
    ["carrier NAT", "100.64.0.1"],
    ["carrier NAT", "100.127.255.255"],
    ["loopback", "127.0.0.1"],
    ["loopback", "127.255.255.254"],
    ["metadata", "169.254.169.254"],
    ["private", "172.16.0.1"],
    ["private", "172.31.255.255"],
    ["private", "192.168.1.1"],
    ["benchmarks", "198.18.0.1"],
    ["multicast", "224.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["unspecified", "::"],
    ["loopback", "::1"],
    ["unique local", "fd00::1"],
    ["metadata", "fd00:ec2::254"],
    ["link-local", "fe80::1"],
    ["link-local with a zone", "fe80::1%eth0"],
    ["site-local", "fec0::1"],
    ["multicast", "ff02::1"],
    ["mapped", "::ffff:127.0.0.1"],
    ["mapped", "::ffff:7f00:1"],
    ["compatible", "::127.0.0.1"],
    ["NAT64", "64:ff9b::7f00:1"],
    ["6to4", "2002:7f00:1::"],
    ["Teredo", "2001::1"],
    ["no address", "localhost"],
    ["no address", "127.1"],
    ["no address", ""],
  ])("%s %s is not", (_, address) => expect(isPublicAddress(address)).toBe(false));
});
