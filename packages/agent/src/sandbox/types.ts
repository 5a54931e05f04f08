/** Where a thread's sandbox finds its files on this host; absolute paths. */
export type SandboxSpec = {
  threadId: string;
  /** Holds `tree` (the worktree), `home` and `tmp`. */
  worktreeDir: string;
  /** The project's bare store of upstream objects, mounted read-only. */
  upstreamDir: string;
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
};

export type ExecResult = {
  /** `null` when a signal ended the command. */
  exitCode: number | null;
  signal: string | null;
  timedOut: boolean;
  durationMs: number;
};

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
