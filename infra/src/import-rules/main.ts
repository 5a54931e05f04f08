import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";
import { brokenRules } from "./check.ts";

const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
});
const isTest = /\.test\.tsx?$|\/testing\/|\/test\//;
const files = listed
  .split("\n")
  .filter(
    (file) => /^(apps|packages|infra|e2e)\/.*\.tsx?$/.test(file) && !isTest.test(file) && existsSync(join(root, file)),
  );

const broken = await brokenRules(root, files);
for (const sentence of broken) console.error(sentence);
console.log(`${files.length} files, ${broken.length} forbidden imports`);
process.exitCode = broken.length === 0 ? 0 : 1;
