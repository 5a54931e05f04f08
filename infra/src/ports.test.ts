import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { freePort } from "./ports.ts";

it("gives ports that the kernel gives to no outgoing connection, so that a server can come back to its own", async () => {
  const [first = 0, last = 0] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split("\t").map(Number);
  const ports = await Promise.all(Array.from({ length: 20 }, freePort));
  for (const port of ports) expect(port < first || port > last).toBe(true);
});
