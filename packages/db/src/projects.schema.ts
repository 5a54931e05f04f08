import { z } from "zod";
import { asciiName } from "./host-name.ts";
import { permissionNames } from "./permissions.ts";
import { credentialInput, remoteView, upstreamChanges } from "./remotes.schema.ts";

/** One argument of a program may have 128 KiB. */
const maxScriptBytes = 100_000;
const maxHosts = 100;

/** A shell script, with line ends as bash wants them; an empty one is none. */
const scriptText = z
  .string()
  .refine(
    (text) => new TextEncoder().encode(text).length <= maxScriptBytes,
    `It is too long: ${maxScriptBytes / 1000} KB at most. Keep a longer script in the repository and call that.`,
  )
  .refine((text) => !text.includes("\0"), "It must not contain NUL characters.")
  .transform((text) => text.replaceAll("\r\n", "\n"));

/**
 * A host of an allow-list: `name` or `*.name` (any name that ends so, not the name itself), with an optional `:port`
 * (443 and 80 when absent). Comes out as DNS has it: lower case, letters of other scripts as `xn--`, no final dot.
 */
export const hostPattern = z.string().transform((text, context) => {
  const parsed = parseHost(text.trim());
  if ("host" in parsed) return parsed.host;
  context.addIssue({ code: "custom", message: parsed.fault });
  return z.NEVER;
});

const hostList = z
  .array(hostPattern)
  .max(maxHosts, `That are too many: ${maxHosts} hosts at most.`)
  .transform((hosts) => [...new Set(hosts)]);

function parseHost(text: string): { host: string } | { fault: string } {
  if (text === "") return { fault: "Write the name of a host." };
  if (/[/@?#\\\s]/.test(text)) return { fault: "Write the host's name alone: no https://, no path, no spaces." };
  const [, wildcard = "", name = "", port] = /^(\*\.)?(.*?)(?::([^:]*))?$/.exec(text) ?? [];
  if (name.includes("*")) return { fault: "A * stands for the beginning of a name only, as in *.example.com." };
  if (name.includes(":") || name.startsWith("[")) return { fault: noAddress };
  if (port !== undefined && !isPort(port)) return { fault: "The port is a number from 1 to 65535." };
  const ascii = asciiName(name);
  if (ascii === null) return { fault: `“${name}” is no name of a host.` };
  if (/^[\d.]+$/.test(ascii)) return { fault: noAddress };
  return { host: `${wildcard}${ascii}${port === undefined ? "" : `:${Number(port)}`}` };
}

const noAddress = "Write a name: addresses of numbers are refused always.";

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

export const createProjectInput = z.object({
  name: z.string().trim().min(1, "Give the project a name.").max(100),
  source: z.union(
    [
      z.strictObject({ path: z.string().trim().min(1, "Write the folder of the repository.").max(4_096) }),
      z.strictObject({ url: z.string().trim().min(1, "Write the address of the repository.").max(2_000) }),
    ],
    "Say where the repository is: a path or a url.",
  ),
  /** Of a repository at a URL; without one an ssh key is made where the address asks for one. */
  credential: credentialInput.optional(),
  setupScript: scriptText.optional(),
});
export type CreateProjectInput = z.output<typeof createProjectInput>;

export const projectView = z.object({
  id: z.string(),
  name: z.string(),
  source: z.union([z.object({ path: z.string() }), z.object({ url: z.string() })]),
  /** `cloning` also while a person must confirm the key of the repository's server. */
  status: z.enum(["cloning", "ready", "failed"]),
  reason: z.string().nullable(),
  /** The stable code of `reason`. */
  reasonCode: z.string().nullable(),
  defaultBranch: z.string().nullable(),
  visibility: z.enum(["workspace", "restricted"]),
  fetchedAt: z.date().nullable(),
  createdAt: z.date(),
  changes: upstreamChanges.nullable(),
  /** Of a repository at a URL. */
  remote: remoteView.nullable(),
  /** What the asker may do in it. */
  permissions: z.array(z.enum(permissionNames)),
});
export type ProjectView = z.infer<typeof projectView>;

/** What is absent stays as it is. */
export const setEnvironmentInput = z
  .object({
    setupScript: scriptText.nullable().optional(),
    setupHosts: hostList.optional(),
    allowedHosts: hostList.optional(),
    devCommand: scriptText.nullable().optional(),
    /** Agrees to the script and the hosts sent with it, so that threads run it without asking. */
    approve: z.boolean().default(false),
  })
  .refine(({ approve, setupScript }) => !approve || setupScript !== undefined, {
    path: ["approve"],
    message: "Send the script along: you agree to what you have seen, not to what is there by then.",
  });
export type SetEnvironmentInput = z.output<typeof setEnvironmentInput>;

/** What the worktrees of a project find around them. */
export const environmentView = z.object({
  setupScript: z.string().nullable(),
  setupHosts: z.array(z.string()),
  allowedHosts: z.array(z.string()),
  devCommand: z.string().nullable(),
  /** Whether somebody has agreed to just this script and these hosts; true where there is no script. */
  setupApproved: z.boolean(),
});
export type EnvironmentView = z.infer<typeof environmentView>;
