import { setTimeout as sleep } from "node:timers/promises";
import { BootstrapFailure, main, run, step } from "./console.mjs";
import { ensureInstalled } from "./prepare.mjs";
import { checkRequirements } from "./requirements.mjs";
import { root } from "./root.mjs";
import { fingerprint, stamp } from "./stamp.mjs";

const lookEveryMs = 500;
const libraries = ["packages/agent/src", "packages/db/src"];
const bundle = ["infra/bundle.mjs", "apps/web/src/main.ts", "apps/web/dist/server.js"];
const programs = [
  {
    name: "worker",
    build: ["npm", "run", "build", "-w", "@heddle/worker"],
    sources: ["apps/worker/src", ...libraries],
  },
  { name: "web", build: [process.execPath, ...bundle], sources: ["apps/web/src", ...libraries] },
];

const build = ([command, ...args]) => run(command, args, { cwd: root, quiet: true });

/** Rebuilds a program whenever its sources change; the supervisor restarts it when the stamp is written. */
async function keepBuilt(program) {
  let built = fingerprint(program.sources);
  for (;;) {
    await sleep(lookEveryMs);
    const present = fingerprint(program.sources);
    if (present === built) continue;
    built = present;
    if ((await build(program.build)) === 0) stamp(`rebuilt-${program.name}`, present);
  }
}

/** The same stack with hot reload: Next serves pages from source; the worker and the web server are rebuilt and restarted. */
await main(async (releaseSignals) => {
  checkRequirements();
  await ensureInstalled();
  await step("Bundling", async () => {
    for (const program of [{ name: "infra", build: ["npm", "run", "build", "-w", "@heddle/infra"] }, ...programs]) {
      if ((await build(program.build)) !== 0) throw new BootstrapFailure(`@heddle/${program.name} could not be built.`);
    }
  });
  for (const program of programs) void keepBuilt(program);
  process.env.HEDDLE_DEV = "1";
  releaseSignals();
  await import("../dist/supervisor.js");
});
