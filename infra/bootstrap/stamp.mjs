import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./root.mjs";

const ignored = new Set(["node_modules", "dist", ".next", ".turbo", "generated", "test-results", "playwright-report"]);
const stampFile = (name) => join(root, ".cache", `${name}.stamp`);

/** True if the step `name` was last finished with this `value`. */
export function isStamped(name, value) {
  try {
    return readFileSync(stampFile(name), "utf8") === value;
  } catch {
    return false;
  }
}

export function stamp(name, value) {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), value);
}

export function hashFiles(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest("hex");
}

/** Changes whenever a source file below `paths` is added, removed or written. Looks at sizes and times only, so it is quick. */
export function fingerprint(paths) {
  const hash = createHash("sha256");
  const visit = (path) => {
    const stats = statSync(join(root, path), { throwIfNoEntry: false });
    if (stats?.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) if (!ignored.has(name)) visit(join(path, name));
    } else if (stats && !path.includes(".test.")) {
      hash.update(`${path}\0${stats.size}\0${stats.mtimeMs}\0`);
    }
  };
  paths.forEach(visit);
  return hash.digest("hex");
}
