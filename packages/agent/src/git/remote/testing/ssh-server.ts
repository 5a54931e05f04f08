import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import ssh2 from "ssh2";
import { hostKeyLine, makeSshKey } from "../ssh-keys.ts";

export type GitSshServer = {
  port: number;
  /** As `type base64`. */
  hostKey: string;
  /** Commands that were run. */
  commands: string[];
  /** Names of users who tried to get in. */
  callers: string[];
  /** Lets the holder of another key in, too. */
  allow(publicKey: string): void;
  close(): Promise<void>;
};

/** The repositories below `root` for whoever has the private key of `publicKey`, as a forge serves them. */
export async function startGitSsh(root: string, publicKey?: string): Promise<GitSshServer> {
  const pair = makeSshKey("host");
  const allowed = new Set<string>();
  const allow = (line: string) => allowed.add(line.split(" ")[1] ?? "");
  if (publicKey !== undefined) allow(publicKey);
  const commands: string[] = [];
  const callers: string[] = [];
  const open = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [pair.privateKey] }, (connection) => {
    open.add(connection);
    connection.on("error", () => {});
    connection.once("close", () => open.delete(connection));
    connection.on("authentication", (context) => {
      callers.push(context.username);
      const known = context.method === "publickey" && allowed.has(context.key.data.toString("base64"));
      if (known) context.accept();
      else context.reject(["publickey"]);
    });
    connection.on("session", (acceptSession) => {
      const session = acceptSession();
      let protocol = "";
      session.on("env", (_accept, _reject, { key, val }) => {
        if (key === "GIT_PROTOCOL") protocol = val;
      });
      session.on("exec", (accept, _reject, { command }) => {
        commands.push(command);
        runCommand(root, command, protocol, accept());
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const hostKey = hostKeyLine(Buffer.from(pair.publicKey.split(" ")[1] ?? "", "base64"));
  return {
    port: (server.address() as AddressInfo).port,
    hostKey,
    commands,
    callers,
    allow,
    close: () =>
      new Promise((done) => {
        for (const connection of open) connection.end();
        server.close(() => done());
      }),
  };
}

function runCommand(root: string, command: string, protocol: string, channel: ssh2.ServerChannel): void {
  const [, service, path = ""] = /^git-(upload-pack|receive-pack) '(.*)'$/.exec(command) ?? [];
  if (service === undefined) {
    channel.stderr.write("That is not a command of git.\n");
    channel.exit(128);
    channel.close();
    return;
  }
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", GIT_PROTOCOL: protocol, GIT_CONFIG_NOSYSTEM: "1" };
  const child = spawn("git", ["-c", "safe.directory=*", service, join(root, path)], {
    env: env as unknown as NodeJS.ProcessEnv,
  });
  channel.pipe(child.stdin);
  child.stdin.on("error", () => {});
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.once("close", (code) => {
    channel.exit(code ?? 1);
    channel.end();
  });
}
