import { createSandboxHome, shell } from "./sandbox-home.ts";

/**
 * A host process of its own for tests: opens a sandbox in the home that is its first argument, runs the script that is its
 * second under the limits that are its third, prints the outcome as one line of JSON and ends.
 */
const [homeDir = "", script = "", limits = "{}"] = process.argv.slice(2);
const home = await createSandboxHome({ homeDir, limits: JSON.parse(limits) });
const sandbox = await home.open("hosted");
process.stdout.write("open\n");
const result = await shell(sandbox, script, { limited: true });
process.stdout.write(`${JSON.stringify({ ...result, hostUser: process.getuid?.() })}\n`);
await home.dispose();
