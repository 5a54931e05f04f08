import type { Remote } from "./remote.ts";

/** Takes a remote's secrets out of what git or a server says: a server may send back what it was sent. */
export function redactor({ credential }: Pick<Remote, "credential">): (text: string) => string {
  const secrets = credential?.kind === "token" ? spellings(credential.username, credential.token) : [];
  return (text) => secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, "***"), text);
}

/** Longest first, so that none is left over as a part of another. */
function spellings(username: string, token: string): string[] {
  const pair = Buffer.from(`${username}:${token}`).toString("base64");
  const alone = Buffer.from(token).toString("base64");
  const all = [token, encodeURIComponent(token), pair, pair.replace(/=+$/, ""), alone, alone.replace(/=+$/, "")];
  return [...new Set(all)].filter((text) => text !== "").sort((a, b) => b.length - a.length);
}
