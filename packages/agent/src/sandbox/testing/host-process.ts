import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSandboxHome, shell } from "./sandbox-home.ts";
import { createTestPolicy, createTestWorld } from "./test-world.ts";

/**
 * A host process of its own for tests: opens a sandbox in the home that is its first argument, runs the script that is its
 * second under the limits that are its third, with a network in which there is `a.test`, prints the outcome as one line of
 * JSON and ends.
 */
const [homeDir = "", script = "", limits = "{}"] = process.argv.slice(2);
const site = createServer((_, response) => response.end("site"));
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
const world = createTestWorld();
world.names.set("a.test", ["9.9.9.9"]);
world.places.set("9.9.9.9:80", (site.address() as AddressInfo).port);
const home = await createSandboxHome({ homeDir, limits: JSON.parse(limits), outside: world });
const sandbox = await home.open("hosted", createTestPolicy({ commands: ["a.test"] }));
process.stdout.write("open\n");
const result = await shell(sandbox, script, { limited: true, network: "commands" });
process.stdout.write(`${JSON.stringify({ ...result, hostUser: process.getuid?.() })}\n`);
await home.dispose();
site.close();
