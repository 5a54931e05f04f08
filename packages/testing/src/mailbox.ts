import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export type Mailbox = {
  url: string;
  received: { to: string[]; raw: string }[];
  /** How it answers from now on: takes e-mails, says that it is busy, or that it knows no such address. */
  answer(how: "accept" | "busy" | "refuse"): void;
  close(): Promise<void>;
};

const user = { name: "heddle", password: "p/w@1" };

/** A real SMTP server that asks for a password. */
export async function openMailbox(): Promise<Mailbox> {
  const received: Mailbox["received"] = [];
  let how: "accept" | "busy" | "refuse" = "accept";
  const failure = (responseCode: number) =>
    Object.assign(new Error("no room for somebody@example.test"), { responseCode });
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, callback) {
      const known = username === user.name && password === user.password;
      callback(known ? null : new Error("no such user"), known ? { user: username } : undefined);
    },
    onRcptTo(_address, _session, callback) {
      if (how === "busy") return callback(failure(451));
      callback(how === "refuse" ? failure(550) : null);
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        received.push({ to, raw: Buffer.concat(chunks).toString("utf8") });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://${user.name}:${encodeURIComponent(user.password)}@127.0.0.1:${port}`,
    received,
    answer(next) {
      how = next;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
