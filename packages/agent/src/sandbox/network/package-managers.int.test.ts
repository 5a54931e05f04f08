import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandboxHome, type SandboxHome, shell } from "../testing/sandbox-home.ts";
import { createTestPolicy, type TestPolicy } from "../testing/test-world.ts";
import type { Sandbox } from "../types.ts";
import { internet } from "./outside.ts";

/*
 * The registries are those of the machine that runs the tests, found out as the package managers do it themselves.
 * Where they cannot be reached even without a sandbox, the tests that need them are left out and say so.
 */
const run = promisify(execFile);
const output = (file: string, args: string[]) =>
  run(file, args).then(
    ({ stdout }) => stdout.trim(),
    () => "",
  );
const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).hostname : "");

const pipDefaults = "from pip._internal.models.index import PyPI; print(PyPI.simple_url, PyPI.file_storage_domain)";
const npmRegistry = await output("npm", ["config", "get", "registry"]);
const [pipDefault = "", pipFiles = ""] = (await output("/usr/bin/python3", ["-c", pipDefaults])).split(" ");
const pipIndex = (await output("/usr/bin/python3", ["-m", "pip", "config", "get", "global.index-url"])) || pipDefault;

const npmHosts = [hostOf(npmRegistry)];
const pipHosts = [hostOf(pipIndex), pipFiles];

async function answers(host: string): Promise<boolean> {
  const [address] = host === "" ? [] : await internet.resolve(host);
  if (address === undefined) return false;
  return internet.dial(address, 443).then(
    (socket) => socket.destroy() !== undefined,
    () => false,
  );
}

async function missing(what: string, hosts: readonly string[]): Promise<boolean> {
  const reached = await Promise.all(hosts.map(answers));
  const isMissing = reached.includes(false);
  if (isMissing) console.log(`Left out: this machine does not reach a registry for ${what}.`);
  return isMissing;
}

let home: SandboxHome;
let sandbox: Sandbox;
let policy: TestPolicy;

const go = (script: string) =>
  shell(sandbox, `set -e\n${script}`, {
    network: "commands",
    env: { npm_config_registry: npmRegistry, PIP_INDEX_URL: pipIndex, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
  });

beforeAll(async () => {
  home = await createSandboxHome();
  policy = createTestPolicy();
  sandbox = await home.open("mine", policy);
});
afterAll(() => home.dispose());

describe.skipIf(await missing("npm", npmHosts))("npm ci of a project", () => {
  const project = `mkdir -p app && cd app
    echo '{"name":"app","version":"1.0.0","dependencies":{"express":"^4.19.2"}}' > package.json`;

  it("works with its registry on the list", { timeout: 180_000 }, async () => {
    policy.lists.commands = npmHosts;
    const { stdout, stderr, exitCode } = await go(`${project}
      npm install --package-lock-only && npm ci && node -e 'require("express")(); console.log("it runs")'`);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toMatch(/added \d\d+ packages/);
    expect(stdout).toContain("it runs");
    expect(new Set(policy.summary())).toEqual(new Set([`${npmHosts[0]}:443 allowed`]));
  });

  it.each(["npm install", "npm ci"])("says what is missing without: %s", { timeout: 180_000 }, async (command) => {
    policy.lists.commands = npmHosts;
    await go(`${project}\nnpm install --package-lock-only`);
    policy.lists.commands = [];
    const { stderr, exitCode } = await go(`cd app\nrm -rf ~/.npm node_modules; ${command}`);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(
      `Heddle: ${npmHosts[0]} is not on this project's network list. An admin can add it in the project's settings.\n`,
    );
  });
});

describe.skipIf(await missing("pip", pipHosts))("pip install of a project", () => {
  const project = `mkdir -p lib/lib && cd lib && touch lib/__init__.py
    printf '%s\\n' '[build-system]' 'requires = ["setuptools"]' 'build-backend = "setuptools.build_meta"' '[project]' 'name = "lib"' \\
      'version = "1"' 'dependencies = ["requests"]' '[tool.setuptools]' 'packages = ["lib"]' > pyproject.toml`;
  const install = "/usr/bin/python3 -m pip install --no-cache-dir --quiet --target ../site .";

  it("works with its index and its files on the list", { timeout: 180_000 }, async () => {
    policy.lists.commands = pipHosts;
    const { stdout, stderr, exitCode } = await go(
      `${project}\n${install}\nPYTHONPATH=../site /usr/bin/python3 -c 'import lib, requests; print("it runs")'`,
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toBe("it runs\n");
  });

  it("says what is missing without", { timeout: 180_000 }, async () => {
    policy.lists.commands = [];
    const { stderr, exitCode } = await go(`${project}\n${install}`);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(
      `Heddle: ${pipHosts[0]} is not on this project's network list. An admin can add it in the project's settings.\n`,
    );
  });
});
