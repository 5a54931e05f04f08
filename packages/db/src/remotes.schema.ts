import { z } from "zod";

const oneWord = /^[\x21-\x7e]+$/;

/** How Heddle is known at a repository's server. `newKey`: an ssh key that Heddle makes; its public half is shown. */
export const credentialInput = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({
    kind: z.literal("token"),
    username: z
      .string()
      .trim()
      .max(200)
      .regex(/^[\x21-\x39\x3b-\x7e]*$/, "A user's name has no spaces and no colon.")
      .transform((name) => name || "git")
      .default("git"),
    token: z
      .string()
      .trim()
      .min(1, "Paste the token.")
      .max(4_000)
      .regex(oneWord, "The token has a character that no token has. Copy it again."),
  }),
  z.object({ kind: z.literal("newKey") }),
  z.object({
    kind: z.literal("key"),
    privateKey: z.string().trim().min(1, "Paste the private key.").max(20_000),
    passphrase: z.string().max(1_000).optional(),
  }),
]);
export type CredentialInput = z.output<typeof credentialInput>;

/** What is absent stays as it is. Another server gets nothing of the credential for the first. */
export const setRemoteInput = z.object({
  url: z.string().trim().min(1, "Write the address of the repository.").max(2_000).optional(),
  credential: credentialInput.optional(),
  /** 0 for never. */
  fetchEveryMinutes: z.number().int().min(0).max(10_080, "A week at most.").optional(),
});
export type SetRemoteInput = z.output<typeof setRemoteInput>;

export const fetchProgress = z.object({
  phase: z.enum(["preparing", "receiving", "resolving"]),
  /** Of this phase. */
  objects: z.number(),
  totalObjects: z.number(),
  /** That have arrived so far. */
  bytes: z.number(),
});
export type FetchProgressView = z.infer<typeof fetchProgress>;

export const remoteView = z.object({
  credential: z.enum(["none", "token", "key"]),
  username: z.string().nullable(),
  /** The line to add at the server. */
  publicKey: z.string().nullable(),
  /** `SHA256:…` of the server's key that a person has confirmed. */
  hostKey: z.string().nullable(),
  /** … of the one that it shows instead: nothing is fetched until a person has confirmed it. */
  offeredHostKey: z.string().nullable(),
  fetchEveryMinutes: z.number(),
  /** Of the fetch under way. */
  progress: fetchProgress.nullable(),
});
export type RemoteView = z.infer<typeof remoteView>;

/** What the last fetch found that is more than new commits. Threads go on from what they started from. */
export const upstreamChanges = z.object({
  at: z.coerce.date(),
  /** Branches whose history was rewritten. */
  rewritten: z.array(z.string()),
  deleted: z.array(z.string()),
  defaultBranch: z.object({ from: z.string(), to: z.string() }).nullable(),
});
export type UpstreamChangesView = z.infer<typeof upstreamChanges>;
