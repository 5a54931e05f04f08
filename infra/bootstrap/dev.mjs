import { setTimeout as sleep } from "node:timers/promises";
import { main, mustRun, run, step } from "./console.mjs";
import { ensureInstalled } from "./prepare.mjs";
import { checkRequirements } from "./requirements.mjs";
import { root } from "./root.mjs";
import { fingerprint, stamp } from "./stamp.mjs";

const lookEveryMs = 500;
const libraries = ["packages/agent/src", "packages/db/src"];
const programs = [
  { workspace: "worker", script: "build", sources: ["apps/worker/src", ...libraries] },
  { workspace: "web", script: "bundle", sources: ["apps/web/src", ...libraries] },
];

const build = ({ workspace, script }) => ["run", "--silent", script, "--workspace", `@heddle/${workspace}`];
const options = { cwd: root, quiet: true };

/** Rebuilds a program whenever its sources change; the supervisor restarts it when the stamp is written. */
async function keepBuilt(program) {
  let built = fingerprint(program.sources);
  for (;;) {
    await sleep(lookEveryMs);
    const present = fingerprint(program.sources);
    if (present === built) continue;
    built = present;
    if ((await run("npm", build(program), options)) === 0) stamp(`rebuilt-${program.workspace}`, present);
  }
}

/** The same stack with hot reload: Next serves pages from source; the worker and the web server are rebuilt and restarted. */
await main(async (releaseSignals) => {
  checkRequirements();
  await ensureInstalled();
  await step("Bundling", async () => {
    for (const program of [{ workspace: "infra", script: "bundle" }, ...programs]) {
      await mustRun("npm", build(program), `@heddle/${program.workspace} could not be built.`, options);
    }
  });
  for (const program of programs) void keepBuilt(program);
  process.env.HEDDLE_DEV = "1";
  releaseSignals();
  await import("../dist/supervisor.js");
});
