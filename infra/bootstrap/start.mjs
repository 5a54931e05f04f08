import { main } from "./console.mjs";
import { ensureBuilt, ensureInstalled } from "./prepare.mjs";
import { checkRequirements } from "./requirements.mjs";

await main(async (releaseSignals) => {
  checkRequirements();
  await ensureInstalled();
  await ensureBuilt();
  releaseSignals();
  // In this same process: a signal sent to `npm start` then reaches the supervisor without a go-between.
  await import("../dist/supervisor.js");
});
