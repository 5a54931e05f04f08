import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { messageOf } from "./start-failure.ts";
import { writeWhole } from "./whole-file.ts";

const secretsSchema = z.object({
  /** Base64 of 32 bytes each, newest first, comma-separated. */
  secretKeys: z.string().refine((keys) => keys.split(",").every((key) => Buffer.from(key, "base64").length === 32)),
  sessionSecret: z.string().min(32),
  postgresPassword: z.string().min(1),
});

export type Secrets = z.infer<typeof secretsSchema>;

export type SecretsFile =
  | { state: "whole"; secrets: Secrets }
  | { state: "missing" }
  /** Its content makes no sense. */
  | { state: "damaged" }
  | { state: "unreadable"; reason: string };

export function readSecrets(file: string): SecretsFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isMissing ? { state: "missing" } : { state: "unreadable", reason: messageOf(error) };
  }
  try {
    return { state: "whole", secrets: secretsSchema.parse(JSON.parse(text)) };
  } catch {
    return { state: "damaged" };
  }
}

export function generateSecrets(file: string): Secrets {
  const secrets = {
    secretKeys: randomBytes(32).toString("base64"),
    sessionSecret: randomBytes(32).toString("base64url"),
    postgresPassword: randomBytes(24).toString("base64url"),
  };
  writeWhole(file, JSON.stringify(secrets, null, 2), 0o600);
  return secrets;
}

/** Closes the file to other users. @returns true if it was open to them */
export function closeSecrets(file: string): boolean {
  const isOpen = (statSync(file).mode & 0o077) !== 0;
  if (isOpen) chmodSync(file, 0o600);
  return isOpen;
}
