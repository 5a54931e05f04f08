/** A repository at a URL, with all that is needed to reach it. Holds secrets: never log it, never keep it. */
export type Remote = {
  /** As git takes it, without credentials. */
  url: string;
  scheme: "https" | "ssh";
  host: string;
  port: number;
  /** At an ssh server. */
  user: string | null;
  credential: RemoteCredential | null;
  /** The ssh server's key that a person has confirmed, as `type base64`. */
  hostKey: string | null;
  /** Whether a host (lower case, no brackets) may resolve to a private address. */
  allowPrivate: (host: string) => boolean;
  /** Certificates to trust instead of the system's: a PEM file. */
  caFile?: string;
};

export type RemoteCredential =
  | { kind: "token"; username: string; token: string }
  | { kind: "key"; privateKey: string; passphrase?: string };

/** How git reaches a source: what its commands get, and what its failures mean. */
export type Access = {
  /** Before the command. */
  settings: readonly string[];
  /** After the command's name. */
  flags: readonly string[];
  location: string;
  env?: Readonly<Record<string, string>>;
  secretFd?: number;
  /** Whether to fetch with checks and progress as from a stranger. */
  isRemote: boolean;
  explain(error: unknown): unknown;
};
