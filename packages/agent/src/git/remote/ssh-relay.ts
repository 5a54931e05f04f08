/**
 * The program that git starts for ssh: passes the command and the bytes on to this process, which holds the key and
 * the connection. Its first argument is the socket, its last one the command for the server.
 */
const source = `
const [door, ...rest] = process.argv.slice(1);
const socket = require("node:net").connect(door);
const line = { command: rest.at(-1), protocol: process.env.GIT_PROTOCOL ?? "" };
socket.write(JSON.stringify(line) + String.fromCharCode(10));
process.stdin.pipe(socket).pipe(process.stdout);
socket.on("error", () => process.exit(255));
process.stdout.on("error", () => process.exit(255));
`;

/** What git is told to run, as a line for the shell. @param socketPath from a temporary folder of ours */
export function relayCommand(socketPath: string): string {
  return [process.execPath, "-e", source, socketPath].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

export type RelayRequest = { command: string; protocol: string };

/** @throws when it is not what the relay sends */
export function parseRelayRequest(line: string): RelayRequest {
  const { command, protocol } = JSON.parse(line) as Record<string, unknown>;
  if (typeof command !== "string" || typeof protocol !== "string") throw new TypeError("not a request of the relay");
  return { command, protocol };
}
