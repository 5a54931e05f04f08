import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2, { type ServerHostKeyAlgorithm } from "ssh2";
import { GitError } from "../errors.ts";
import type { Door } from "./https.ts";
import type { Remote } from "./remote.ts";
import { HostKeyError, hostKeyLine } from "./ssh-keys.ts";
import { parseRelayRequest, type RelayRequest, relayCommand } from "./ssh-relay.ts";

const connectTimeoutMs = 20_000;
const keepAliveMs = 15_000;
const maxRequestBytes = 16_384;
const maxSaidChars = 4_096;

/**
 * Lets git speak ssh with one server at one address. The connection is this process's own: git starts a relay, which
 * knows a socket and nothing else. The server's key is compared before anything is proved to the server.
 */
export async function openSsh(remote: Remote, address: string): Promise<Door> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-ssh-"));
  const path = join(folder, "door");
  const sockets = new Set<Socket>();
  const state: State = { failure: null, said: "" };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
    readRequest(socket, (request) => serve(remote, address, socket, request, state));
  });
  await listen(server, path);
  return {
    settings: ["protocol.ssh.allow=always"],
    env: { GIT_SSH_COMMAND: relayCommand(path), GIT_SSH_VARIANT: "ssh" },
    failure: () => state.failure,
    said: () => state.said,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type State = { failure: GitError | null; said: string };

function listen(server: Server, path: string): Promise<void> {
  return new Promise((done, reject) => {
    server.once("error", reject);
    server.listen(path, done);
  });
}

/** The relay's first line; what follows is git's. */
function readRequest(socket: Socket, then: (request: RelayRequest) => void): void {
  let head = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\n");
    if (end < 0 && head.length < maxRequestBytes) return;
    socket.off("data", onData);
    socket.pause();
    try {
      const request = parseRelayRequest(head.subarray(0, Math.max(end, 0)).toString());
      socket.unshift(head.subarray(end + 1));
      then(request);
    } catch {
      socket.destroy();
    }
  };
  socket.on("data", onData);
}

function serve(remote: Remote, address: string, socket: Socket, request: RelayRequest, state: State): void {
  const client = new ssh2.Client();
  const fail = (error: GitError) => {
    state.failure ??= error;
    client.end();
    socket.destroy();
  };
  client.once("ready", () => {
    const env = (request.protocol === "" ? {} : { GIT_PROTOCOL: request.protocol }) as NodeJS.ProcessEnv;
    client.exec(request.command, { env }, (error, channel) => {
      if (error) return fail(unreachable(remote, error));
      channel.stderr.on("data", (chunk: Buffer) => {
        state.said = (state.said + chunk.toString()).slice(-maxSaidChars);
      });
      channel.once("close", () => {
        client.end();
        socket.end();
      });
      socket.pipe(channel).pipe(socket);
    });
  });
  client.on("error", (error) => fail(explain(remote, error)));
  client.once("close", () => socket.end());
  socket.once("close", () => client.end());
  client.connect({
    sock: connect({ host: address, port: remote.port }),
    username: remote.user ?? "git",
    ...authentication(remote),
    algorithms: { serverHostKey: hostKeyAlgorithms(remote.hostKey) },
    hostVerifier: (blob: Buffer) => {
      const offered = hostKeyLine(blob);
      if (offered === remote.hostKey) return true;
      state.failure ??= new HostKeyError(remote.host, offered, remote.hostKey);
      return false;
    },
    readyTimeout: connectTimeoutMs,
    keepaliveInterval: keepAliveMs,
  });
}

function authentication({ credential }: Remote) {
  if (credential?.kind !== "key") return {};
  const { privateKey, passphrase } = credential;
  return { privateKey, ...(passphrase === undefined ? {} : { passphrase }) };
}

/** The kind of the confirmed key first, so that a server which has several shows that one. No SHA-1. */
function hostKeyAlgorithms(confirmed: string | null): ServerHostKeyAlgorithm[] {
  const all: ServerHostKeyAlgorithm[] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ];
  const type = confirmed?.split(" ")[0] ?? "";
  const first = all.filter((name) => name === type || (type === "ssh-rsa" && name.startsWith("rsa-")));
  return [...first, ...all.filter((name) => !first.includes(name))];
}

function explain(remote: Remote, error: Error & { level?: string }): GitError {
  if (error.level !== "client-authentication") return unreachable(remote, error);
  const message = `${remote.host} does not accept the project's ssh key for the user “${remote.user}”. Add its public key there.`;
  return new GitError("REMOTE_AUTH_FAILED", message, error.message);
}

function unreachable({ host, port }: Remote, error: Error): GitError {
  return new GitError("REMOTE_UNREACHABLE", `${host} does not answer as an ssh server at port ${port}.`, error.message);
}
