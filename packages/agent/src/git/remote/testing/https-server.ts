import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { createGunzip } from "node:zlib";

const run = promisify(execFile);

export type GitHttpsServer = {
  port: number;
  caFile: string;
  url(repository: string, host?: string): string;
  /** Paths that were asked for, with whoever asked. */
  requests: string[];
  /** Takes the place of the usual answer while it is set. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  close(): Promise<void>;
};

/**
 * The repositories below `root` as git's own `http-backend` serves them, over TLS for `localhost` and 127.0.0.1.
 * @param user who may read and write; anybody may read when absent
 */
export async function startGitHttps(
  root: string,
  user?: { name: string; token: string },
  at = { address: "127.0.0.1", port: 0 },
): Promise<GitHttpsServer> {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const certificate = ["-days", "2", "-out", "ca.pem", "-subj", "/CN=localhost", "-addext", names];
  await run("openssl", ["req", "-x509", ...key, ...certificate], { cwd: root });
  const [pem, cert] = await Promise.all(["key.pem", "ca.pem"].map((name) => readFile(join(root, name))));
  const wanted = user && `Basic ${Buffer.from(`${user.name}:${user.token}`).toString("base64")}`;
  const server: GitHttpsServer = {
    port: 0,
    caFile: join(root, "ca.pem"),
    url: (repository, host = "localhost") => `https://${host}:${server.port}/${repository}`,
    requests: [],
    answer: null,
    close: () =>
      new Promise((done) => {
        listener.close(() => done());
        listener.closeAllConnections();
      }),
  };
  const listener = createServer({ key: pem, cert }, (request, response) => {
    const { authorization } = request.headers;
    server.requests.push(`${authorization === undefined ? "anonymous" : "known"} ${request.url}`);
    if (server.answer) return server.answer(request, response);
    if (wanted === undefined || authorization === wanted) return serve(root, user?.name ?? "", request, response);
    response.writeHead(401, { "WWW-Authenticate": 'Basic realm="test"' }).end();
  });
  await new Promise<void>((done) => listener.listen(at.port, at.address, done));
  server.port = (listener.address() as AddressInfo).port;
  return server;
}

/** One request by CGI. */
function serve(root: string, user: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const env = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    GIT_CONFIG_NOSYSTEM: "1",
    PATH_INFO: decodeURIComponent(path),
    QUERY_STRING: query,
    REQUEST_METHOD: request.method ?? "GET",
    CONTENT_TYPE: request.headers["content-type"] ?? "",
    GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    REMOTE_USER: user,
  };
  const child = spawn("git", ["-c", "safe.directory=*", "http-backend"], { env: env as unknown as NodeJS.ProcessEnv });
  const body = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  body.pipe(child.stdin);
  child.stdin.on("error", () => {});
  let head = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    child.stdout.off("data", onData);
    const headers = head
      .subarray(0, end)
      .toString()
      .split("\r\n")
      .map((line) => line.split(": ") as [string, string]);
    const status = headers.find(([name]) => name === "Status")?.[1] ?? "200";
    response.writeHead(Number.parseInt(status, 10), headers.filter(([name]) => name !== "Status").flat());
    response.write(head.subarray(end + 4));
    child.stdout.pipe(response);
  };
  child.stdout.on("data", onData);
  child.once("close", () => response.end());
}
