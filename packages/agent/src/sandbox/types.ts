/** Where a thread's sandbox finds its files on this host; absolute paths. */
export type SandboxSpec = {
  threadId: string;
  /** Holds `tree` (the worktree), `home`, `tmp` and `sockets`. */
  worktreeDir: string;
  /** The project's bare store of upstream objects, mounted read-only. */
  upstreamDir: string;
  /** No network at all when absent. */
  network?: NetworkPolicy;
};

export type ExecRequest = {
  argv: readonly string[];
  /** Path inside the sandbox; the worktree when absent. */
  cwd?: string;
  /** Added to the sandbox's own few variables. */
  env?: Readonly<Record<string, string>>;
  stdin?: Uint8Array | AsyncIterable<Uint8Array>;
  timeoutMs?: number;
  /** Aborting kills the command with its whole process tree; `exec` then resolves with `signal: "SIGKILL"`. */
  signal?: AbortSignal;
  onOutput?: (chunk: Buffer, stream: "stdout" | "stderr") => void;
  /** Which of the project's allow-lists the command has; no network when absent. */
  network?: NetworkList;
  /** Of a command that is not Heddle's own: killed when the thread's folders outgrow their limit. */
  limited?: true;
};

export type NetworkList = "commands" | "setup";

/** How a connection that a sandbox asked for was decided. `reason` is a stable code, null when allowed. */
export type NetworkDecision = { list: NetworkList; host: string; port: number; reason: NetworkRefusal | null };

export type NetworkRefusal =
  | "HOST_NOT_ALLOWED"
  | "ADDRESS_LITERAL"
  | "PRIVATE_ADDRESS"
  | "NAME_NOT_FOUND"
  | "NO_ANSWER"
  | "POLICY_UNKNOWN";

/** What a sandbox may reach; asked anew for each connection, so that a change takes effect at once. */
export type NetworkPolicy = {
  allowedHosts(list: NetworkList): Promise<readonly string[]>;
  onDecision(decision: NetworkDecision): void;
  /** Resolves once every decision so far is kept: the result of a command waits for it. */
  decisionsKept(): Promise<void>;
};

export type ExecResult = {
  /** `null` when a signal ended the command. */
  exitCode: number | null;
  signal: string | null;
  timedOut: boolean;
  /** The limit of the sandbox for which the command, or part of it, was killed. */
  limit: PassedLimit | null;
  durationMs: number;
};

export type PassedLimit = "memory" | "disk";

/** One thread's long-lived sandbox. Commands may run at the same time; what a command leaves behind dies with it. */
export type Sandbox = {
  readonly threadId: string;
  /** @throws SandboxLost when the sandbox itself died, so that the effect of the command is unknown */
  exec(request: ExecRequest): Promise<ExecResult>;
  close(): Promise<void>;
};

/** Paths as seen inside. */
export const inside = {
  worktree: "/workspace",
  upstreamObjects: "/heddle/upstream/objects",
  home: "/home/agent",
} as const;
