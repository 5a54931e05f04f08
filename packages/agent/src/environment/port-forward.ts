import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Sandbox } from "../sandbox/types.ts";

export type PortForward = {
  /** A free one, on the loopback of this host. */
  port: number;
  close(): Promise<void>;
};

/** Each takes a few processes of the sandbox. */
const mostConnections = 40;
/** What may lie here for a reader that is slower than the sandbox, before its connection is cut. */
const mostWaitingBytes = 64 * 2 ** 20;

/**
 * Joins its input and output to a port of the sandbox's loopback; with `wait`, only waits until somebody listens there.
 * Ends when the other side has said all: a process that still reads its input is killed with it.
 */
const dialSource = String.raw`use strict;
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6);
my ($mode, $port) = @ARGV;
my $server;
sub dial {
    for ([PF_INET, pack_sockaddr_in($port, INADDR_LOOPBACK)], [PF_INET6, pack_sockaddr_in6($port, inet_pton(AF_INET6, '::1'))]) {
        socket($server, $_->[0], SOCK_STREAM, 0) && connect($server, $_->[1]) and return 1;
    }
    return 0;
}
sub pump {
    my ($from, $to) = @_;
    while (sysread($from, my $data, 65536)) {
        while (length $data) { substr($data, 0, (syswrite($to, $data) or return), '') }
    }
}
until (dial()) { exit 1 if $mode ne 'wait'; select(undef, undef, undef, 0.1) }
exit 0 if $mode eq 'wait';
defined(my $sender = fork()) or exit 1;
if (!$sender) { pump(\*STDIN, $server); shutdown($server, 1); exit 0 }
pump($server, \*STDOUT);
`;

/** The command that joins one connection, or waits for the port. */
export function dialArgv(mode: "join" | "wait", port: number): string[] {
  return ["/usr/bin/perl", "-e", dialSource, mode, String(port)];
}

/**
 * Leads a free port of this host's loopback to a port inside the sandbox. Whoever may open connections on this host may
 * use it. Connections that nobody takes inside are closed at once.
 */
export async function forwardPort(sandbox: Sandbox, port: number): Promise<PortForward> {
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.once("close", () => clients.delete(client));
    join(sandbox, port, client);
  });
  server.maxConnections = mostConnections;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}

function join(sandbox: Sandbox, port: number, client: Socket): void {
  const left = new AbortController();
  client.on("error", () => client.destroy());
  client.once("close", () => left.abort());
  const joined = sandbox.exec({
    argv: dialArgv("join", port),
    stdin: client.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>,
    signal: left.signal,
    onOutput: (chunk, stream) => {
      if (stream === "stderr" || client.destroyed) return;
      client.write(chunk);
      if (client.writableLength > mostWaitingBytes) client.destroy();
    },
  });
  joined.then(
    () => client.end(() => client.destroy()),
    () => client.destroy(),
  );
}
