import { createHash } from "node:crypto";
import type { Project } from "./generated/client.ts";

type Setup = Pick<Project, "setupScript" | "setupHosts">;

/**
 * What a person agrees to: just this script with just these hosts, in whatever order.
 * The migration `environment` computes the same in SQL.
 */
export function setupDigest({ setupScript, setupHosts }: Setup): string {
  const hosts = [...setupHosts].sort().map((host) => `${host}\n`);
  return sha256(`${sha256(setupScript ?? "")}\n${hosts.join("")}`);
}

/** Whether the setup script may run: there is one, and somebody who may has agreed to it. */
export function isAgreed(project: Setup & Pick<Project, "setupApproved">): boolean {
  return project.setupScript !== null && project.setupApproved === setupDigest(project);
}

/** A script of white space alone is none. */
export function scriptOrNull(text: string | null | undefined): string | null {
  return text?.trim() ? text : null;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
