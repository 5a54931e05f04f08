import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NetworkStage, openNetworkStage } from "../testing/network-stage.ts";

const exec = promisify(execFile);
let stage: NetworkStage;
let folder: string;
const servers: ChildProcess[] = [];

/** Serves the folder that it runs in, by TLS when it has certificates. */
const serve = `const fs = require("fs"), path = require("path");
  const answer = (request, response) => {
    const file = path.join("site", new URL(request.url, "http://x").pathname);
    fs.readFile(file, (error, data) => { response.statusCode = error ? 404 : 200; response.end(data); });
  };
  const [key, cert] = process.argv[1] === "tls" ? ["key.pem", "cert.pem"].map((name) => fs.readFileSync(name)) : [];
  const server = key ? require("https").createServer({ key, cert }, answer) : require("http").createServer(answer);
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;

async function startServer(kind: "plain" | "tls"): Promise<number> {
  const server = spawn(process.execPath, ["-e", serve, kind], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  servers.push(server);
  return Number(await once(server.stdout as Readable, "data"));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heddle-clients-"));
  const run = (file: string, ...args: string[]) => exec(file, args, { cwd: folder });
  const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2"];
  await run("openssl", "req", "-x509", ...key, "-subj", "/CN=a.test", "-addext", "subjectAltName=DNS:a.test");
  await run("git", "init", "-q", "-b", "main", "work");
  const commit = ["-c", "user.name=A", "-c", "user.email=a@a.test", "commit", "-q", "--allow-empty", "-m", "First"];
  await run("git", "-C", "work", ...commit);
  await run("git", "clone", "-q", "--bare", "work", "site/repo.git");
  await run("git", "-C", "site/repo.git", "update-server-info");
  stage = await openNetworkStage();
  stage.reset();
  stage.world.places.set("9.9.9.9:80", await startServer("plain"));
  stage.world.places.set("9.9.9.9:443", await startServer("tls"));
  await stage.run("true");
  await copyFile(join(folder, "cert.pem"), join(stage.home.worktreeDir("mine"), "tree/cert.pem"));
});
afterAll(async () => {
  for (const server of servers) server.kill("SIGKILL");
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

/** Reads the repository's HEAD in a program's own way. */
const clients = {
  curl: "curl -sS --cacert cert.pem $url/HEAD",
  wget: "wget -q --ca-certificate=cert.pem -O - $url/HEAD",
  git: "GIT_SSL_CAINFO=cert.pem git clone -q $url clone && cat clone/.git/HEAD; rm -rf clone",
  python: `SSL_CERT_FILE=cert.pem /usr/bin/python3 -c "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())" $url/HEAD`,
  node: "NODE_EXTRA_CA_CERTS=cert.pem node -e 'fetch(process.argv[1]).then((r) => r.text()).then(console.log)' $url/HEAD",
};

/** Node's own fetch knows of proxies from here on; https://nodejs.org/api/cli.html#node_use_env_proxy1 */
async function missing(client: string): Promise<boolean> {
  const program = client === "python" ? "/usr/bin/python3" : client;
  const version = await exec(program, ["--version"]).then(
    ({ stdout }) => stdout,
    () => null,
  );
  const [, major = 0, minor = 0] = (/^v(\d+)\.(\d+)/.exec(version ?? "") ?? []).map(Number);
  const isTooOld = client === "node" && (major < 22 || (major === 22 && minor < 21));
  if (version === null || isTooOld) console.log(`Left out: ${client} is missing here, or too old to know of proxies.`);
  return version === null || isTooOld;
}

for (const [client, script] of Object.entries(clients)) {
  describe.skipIf(await missing(client))(client, () => {
    it.each(["http", "https"])("finds its way by %s", async (scheme) => {
      const result = await stage.run(`url=${scheme}://a.test/repo.git; ${script}`);
      expect({ ...result, stdout: result.stdout.trim() }).toMatchObject({
        exitCode: 0,
        stdout: "ref: refs/heads/main",
      });
    });

    it.each(["http", "https"])("fails at once where it may not, and says so, by %s", async (scheme) => {
      const { stderr, exitCode } = await stage.run(
        `set -e; url=${scheme}://b.test/repo.git; ${script} | grep -v Heddle`,
      );
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain("Heddle: b.test is not on this project's network list.");
    });
  });
}
