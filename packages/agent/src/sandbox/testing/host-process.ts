import { createSandboxHome, shell } from "./sandbox-home.ts";

/**
 * A host process of its own for tests: opens a sandbox in the home that is its first argument, runs the script that is its
 * second, prints the outcome as one line of JSON and ends.
 */
const [homeDir = "", script = ""] = process.argv.slice(2);
const home = await createSandboxHome({ homeDir });
const sandbox = await home.open("hosted");
process.stdout.write("open\n");
const result = await shell(sandbox, script);
process.stdout.write(`${JSON.stringify({ ...result, hostUser: process.getuid?.() })}\n`);
await home.dispose();
