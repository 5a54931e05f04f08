import type { Remote } from "@heddle/agent/git/remote/remote";
import type { EgressFetch } from "@heddle/agent/models/egress";
import type { Sandboxes } from "@heddle/agent/sandbox/sandboxes";
import type { Database } from "@heddle/db/database";
import type { SecretBox } from "@heddle/db/secrets";
import type { HostFence } from "@heddle/db/thread-change";
import type { Logger } from "pino";
import type { DevServers } from "./dev-servers.ts";
import type { Interrupts } from "./interrupts.ts";
import type { NetworkPolicies } from "./network-policies.ts";

/** What an administrator says of repositories at a URL. */
export type RemotePolicy = Pick<Remote, "allowPrivate" | "caFile">;

/** What activities work with; made once at start. */
export type Deps = {
  db: Database;
  secrets: SecretBox;
  homeDir: string;
  fence: HostFence;
  sandboxes: Sandboxes;
  interrupts: Interrupts;
  network: NetworkPolicies;
  fetch: EgressFetch;
  remotes: RemotePolicy;
  log: Logger;
};

/** … and those that work on this host's files. */
export type HostDeps = Deps & { devServers: Pick<DevServers, "stop"> };
