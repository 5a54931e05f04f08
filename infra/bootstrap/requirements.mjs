import { spawnSync } from "node:child_process";
import { BootstrapFailure } from "./console.mjs";

const [minimumMajor, minimumMinor] = [20, 19];

/** Checks what npm cannot install; each miss is one sentence that says what to do. */
export function checkRequirements() {
  if (process.platform !== "linux") {
    throw new BootstrapFailure("the embedded stack runs on Linux only, because it isolates agents with bubblewrap.");
  }
  checkNode();
  if (!runs("git")) {
    throw new BootstrapFailure("git was not found; install it (on Debian: apt-get install git) and start again.");
  }
  if (!runs("bwrap")) {
    throw new BootstrapFailure(
      "bubblewrap (bwrap) was not found; agents run inside it. Install it (on Debian: apt-get install bubblewrap) and start again.",
    );
  }
}

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > minimumMajor || (major === minimumMajor && minor >= minimumMinor)) return;
  throw new BootstrapFailure(
    `Node.js ${minimumMajor}.${minimumMinor} or newer is needed; this is ${process.versions.node}.`,
  );
}

function runs(program) {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
}
