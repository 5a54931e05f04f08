/** A moment: ISO 8601 text, a Date, or milliseconds since the epoch. */
export type Instant = string | number | Date;

export type Person = { id?: string; name: string };

export type ThreadStatus = "idle" | "running" | "waiting" | "failed" | "archived";

export type ThreadView = {
  id: string;
  projectId: string;
  title: string;
  status: ThreadStatus;
  /** Changed since this reader last looked, and at rest. */
  unread?: boolean;
  /** When the running turn began. */
  runningSince?: Instant | null;
  updatedAt: Instant;
  startedBy: Person;
  branch: string;
  additions: number;
  deletions: number;
};

export type ProjectView = {
  id: string;
  name: string;
  status: "cloning" | "ready" | "failed";
  /** Why it failed, as a sentence. */
  reason?: string | null;
};

export type ItemStatus = "running" | "completed" | "failed" | "interrupted" | "declined";

type ItemBase = {
  id: string;
  turnId: string;
  seq: number;
  status: ItemStatus;
  createdAt: Instant;
  completedAt?: Instant | null;
};

export type UserMessageItem = ItemBase & { type: "userMessage"; text: string; author: Person | string };
export type AgentMessageItem = ItemBase & { type: "agentMessage"; text: string; model: string };
export type ReasoningItem = ItemBase & { type: "reasoning"; text: string };
export type CommandItem = ItemBase & {
  type: "commandExecution";
  command: string;
  exitCode?: number | null;
  /** Head and tail of what was printed. */
  output?: string;
  /** Size of everything that was printed. */
  outputBytes?: number;
  durationMs?: number | null;
  /** What else a reader should know: that its effect is unknown. */
  note?: string;
  /** Absent for the agent's own commands. */
  purpose?: "setup" | "dev";
};
export type FileChange = { path: string; kind: "add" | "update" | "delete"; additions: number; deletions: number };
export type FileChangeItem = ItemBase & { type: "fileChange"; changes: FileChange[]; note?: string };
export type ToolCallItem = ItemBase & { type: "toolCall"; name: string; input: unknown; result?: unknown };
export type ErrorItem = ItemBase & {
  type: "error";
  code: string;
  message: string;
  /** The turn was tried again since. */
  retried?: boolean;
};
/** A person must agree to a setup script before the turn goes on. */
export type ApprovalItem = ItemBase & {
  type: "approvalRequest";
  reason: string;
  script?: string;
  hosts?: string[];
  decidedBy?: Person;
};
/** Heddle tells what it did to the thread. `kind` is stable: hostMoved, archived, restored … */
export type NoticeItem = ItemBase & { type: "notice"; kind: string; message: string };

/** A person's word to others; the agent is not told. */
export type CommentItem = ItemBase & {
  type: "comment";
  text: string;
  author: Person;
  mentions: Person[];
  /** Its words were taken away. */
  removed?: boolean;
};

export type Item =
  | UserMessageItem
  | AgentMessageItem
  | ReasoningItem
  | CommandItem
  | FileChangeItem
  | ToolCallItem
  | ErrorItem
  | ApprovalItem
  | NoticeItem
  | CommentItem;

export type FileDiff = {
  path: string;
  oldPath?: string | null;
  status: "added" | "modified" | "deleted" | "renamed";
  additions: number;
  deletions: number;
  binary: boolean;
  /** Unified diff of this file, as git prints it; empty when only renamed or binary. */
  patch: string;
  /** Another one once the file has changed. */
  hash: string;
  /** The patch ends early: the change is too large to show. */
  truncated?: boolean;
};

export type ModelOption = {
  /** "provider/model" */
  value: string;
  label: string;
  provider: string;
  /** A scripted model without intelligence: always labelled. */
  demo?: boolean;
};

export type AuditRow = {
  seq: number;
  at: Instant;
  actor: string;
  /** How: page, API token, worker. */
  via: string;
  action: string;
  resource: string;
  /** "ok", "denied" or "failed". */
  outcome: string;
  ip?: string | null;
};
