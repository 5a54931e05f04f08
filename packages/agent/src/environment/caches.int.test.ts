import { afterEach, beforeEach, expect, test } from "vitest";
import { createSandboxHome, type SandboxHome, shell } from "../sandbox/testing/sandbox-home.ts";
import { runSetupScript } from "./setup-script.ts";

let home: SandboxHome;

beforeEach(async () => {
  home = await createSandboxHome();
});
afterEach(() => home.dispose());

/** Where package managers keep what they have downloaded, as they say themselves. */
const folders = `node -p 'process.env.npm_config_cache ?? process.env.HOME + "/.npm"'
echo "\${PIP_CACHE_DIR:-\${XDG_CACHE_HOME:-$HOME/.cache}/pip}"
echo "\${XDG_CACHE_HOME:-$HOME/.cache}"`;

test("what one thread's setup or commands leave in a cache, no other thread of the project finds", async () => {
  const [one, two] = [await home.open("one"), await home.open("two")];
  const { stdout } = await shell(one, folders);
  const caches = stdout.trim().split("\n");
  expect(caches).toHaveLength(3);
  const poison = caches.map((folder) => `mkdir -p ${folder} && echo poison > ${folder}/poison`).join("\n");
  expect(await runSetupScript(one, poison)).toMatchObject({ outcome: "completed" });
  const look = `cat ${caches.map((folder) => `${folder}/poison`).join(" ")}; find / -xdev -name poison 2>/dev/null`;
  expect((await shell(one, look)).stdout).toContain("poison");
  expect((await shell(two, look)).stdout).toBe("");
  expect((await shell(two, poison)).exitCode).toBe(0);
  await shell(one, `rm -rf ${caches.join(" ")}`);
  expect((await shell(two, look)).stdout).toContain("poison");
});
