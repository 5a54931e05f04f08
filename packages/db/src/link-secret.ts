import { createHash, randomBytes } from "node:crypto";

/** The secret part of a single-use link: 256 bits. Only its hash is stored; the link is shown once. */
export function newLinkSecret(): { token: string; hash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashLinkSecret(token) };
}

export function hashLinkSecret(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
