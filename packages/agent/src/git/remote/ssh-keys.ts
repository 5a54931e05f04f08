import { createHash } from "node:crypto";
import ssh2 from "ssh2";
import { GitError } from "../errors.ts";

/** A new key pair. `publicKey` is the line to add at a server. */
export function makeSshKey(comment: string): { privateKey: string; publicKey: string } {
  const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment });
  return { privateKey: pair.private, publicKey: pair.public };
}

/** The public line of a private key in OpenSSH's or PEM form; null when it is none, or the passphrase does not open it. */
export function publicKeyOf(privateKey: string, passphrase?: string): string | null {
  const parsed = ssh2.utils.parseKey(privateKey, passphrase);
  if (parsed instanceof Error) return null;
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!key?.isPrivateKey()) return null;
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

/** A server's key as `type base64`. */
export function hostKeyLine(blob: Buffer): string {
  const length = blob.readUInt32BE(0);
  const type = blob.subarray(4, 4 + length).toString("latin1");
  return `${type} ${blob.toString("base64")}`;
}

/** As `ssh` shows it: `SHA256:…`. @param line `type base64` */
export function fingerprintOf(line: string): string {
  const blob = Buffer.from(line.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** A server shows a key that nobody has confirmed: `offered`, as `type base64`. */
export class HostKeyError extends GitError {
  readonly offered: string;

  constructor(host: string, offered: string, confirmed: string | null) {
    const changed = confirmed !== null;
    super(
      changed ? "HOST_KEY_CHANGED" : "HOST_KEY_UNKNOWN",
      changed
        ? `${host} shows another key (${fingerprintOf(offered)}) than the one that was confirmed (${fingerprintOf(confirmed)}). It may have been replaced, or somebody is in between: ask whoever runs the server.`
        : `${host} shows a key that nobody has confirmed yet: ${fingerprintOf(offered)}.`,
    );
    this.offered = offered;
  }
}
