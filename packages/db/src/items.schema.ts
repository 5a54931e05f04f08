import { z } from "zod";

const base = {
  seq: z.number().int(),
  id: z.string(),
  turnId: z.string(),
  step: z.number().int(),
  status: z.enum(["running", "completed", "failed", "interrupted", "declined"]),
  createdAt: z.date(),
  completedAt: z.date().nullable(),
};

export const fileChangeView = z.object({
  path: z.string(),
  kind: z.enum(["add", "update", "delete"]),
  additions: z.number(),
  deletions: z.number(),
});

/** What each type of item keeps in `data`. */
export const itemData = {
  userMessage: z.object({ text: z.string(), author: z.object({ id: z.string(), name: z.string() }) }),
  agentMessage: z.object({ text: z.string(), model: z.string() }),
  reasoning: z.object({ text: z.string() }),
  plan: z.object({ text: z.string() }),
  commandExecution: z.object({
    command: z.string(),
    exitCode: z.number().nullable(),
    /** Head and tail; the whole is at `GET /threads/{id}/items/{itemId}/output`. */
    output: z.string(),
    outputBytes: z.number(),
    durationMs: z.number().nullable(),
    note: z.string().optional(),
    /** Absent for the agent's own commands. */
    purpose: z.enum(["setup", "dev"]).optional(),
  }),
  fileChange: z.object({ changes: z.array(fileChangeView), note: z.string().optional() }),
  toolCall: z.object({ name: z.string(), input: z.unknown(), result: z.string().nullable() }),
  /** To run a project's setup script; `completed` once somebody has agreed, `declined` when it was skipped. */
  approvalRequest: z.object({
    reason: z.string(),
    script: z.string().optional(),
    hosts: z.array(z.string()).optional(),
    decidedBy: z.object({ id: z.string(), name: z.string() }).optional(),
  }),
  contextCompaction: z.object({ summary: z.string() }),
  error: z.object({
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
    /** The turn was tried again since. */
    retried: z.boolean().optional(),
  }),
  /** A person's word to others. */
  comment: z.object({
    text: z.string(),
    author: z.object({ id: z.string(), name: z.string() }),
    /** Members whom the text names as `@name`. */
    mentions: z.array(z.object({ id: z.string(), name: z.string() })),
    /** Its words were taken away. */
    removed: z.boolean().optional(),
  }),
  /** `kind` is stable: handedOver, hostMoved, archived, restored, filesRestored, setupSkipped, modelWait, interrupted … */
  notice: z.object({
    kind: z.string(),
    message: z.string(),
    /** Of `filesRestored`: holds the files as they were before. */
    checkpoint: z.string().optional(),
  }),
};

/** An item as people and the API see it. */
export const itemView = z.discriminatedUnion("type", [
  z.object({ ...base, type: z.literal("userMessage"), ...itemData.userMessage.shape }),
  z.object({ ...base, type: z.literal("agentMessage"), ...itemData.agentMessage.shape }),
  z.object({ ...base, type: z.literal("reasoning"), ...itemData.reasoning.shape }),
  z.object({ ...base, type: z.literal("plan"), ...itemData.plan.shape }),
  z.object({ ...base, type: z.literal("commandExecution"), ...itemData.commandExecution.shape }),
  z.object({ ...base, type: z.literal("fileChange"), ...itemData.fileChange.shape }),
  z.object({ ...base, type: z.literal("toolCall"), ...itemData.toolCall.shape }),
  z.object({ ...base, type: z.literal("approvalRequest"), ...itemData.approvalRequest.shape }),
  z.object({ ...base, type: z.literal("contextCompaction"), ...itemData.contextCompaction.shape }),
  z.object({ ...base, type: z.literal("error"), ...itemData.error.shape }),
  z.object({ ...base, type: z.literal("notice"), ...itemData.notice.shape }),
  z.object({ ...base, type: z.literal("comment"), ...itemData.comment.shape }),
]);
export type ItemView = z.infer<typeof itemView>;

export const listItemsInput = z.object({
  after: z.coerce.number().int().min(0).default(0),
});
