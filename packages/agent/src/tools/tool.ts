import { z } from "zod";
import type { Sandbox } from "../sandbox/types.ts";

/** What a tool call leaves in the thread, shaped like the item that people see. */
export type ToolItem =
  | {
      type: "commandExecution";
      command: string;
      /** Null while it runs, or when it was killed. */
      exitCode: number | null;
      /** Both streams as they came; beginning and end only when longer than 64 Ki characters. */
      output: string;
      outputBytes: number;
      durationMs: number;
      /** Why it was killed, for people. */
      note?: string;
    }
  | { type: "fileChange"; changes: FileChange[] }
  | { type: "toolCall"; name: string; input: unknown; result: string };

export type FileChange = { path: string; kind: "add" | "update" | "delete"; additions: number; deletions: number };

export type ToolLimits = {
  /** When the model does not say, and at most. */
  commandTimeoutMs: number;
  maxCommandTimeoutMs: number;
  /** Characters of one result that the model sees. */
  modelChars: number;
};

export const defaultLimits: ToolLimits = {
  commandTimeoutMs: 120_000,
  maxCommandTimeoutMs: 600_000,
  modelChars: 16 * 1024,
};

export type ToolContext = {
  sandbox: Sandbox;
  signal?: AbortSignal;
  /** Every byte that a command prints, as it comes. */
  onOutput?: (chunk: Buffer) => void;
  limits: ToolLimits;
};

export type ToolResult = { ok: boolean; forModel: string; item: ToolItem };

/** A tool is a schema, a prompt text and `execute`. It never decides whether it may run. */
export type ToolDefinition<Input> = {
  name: string;
  description: string;
  schema: z.ZodType<Input>;
  /** The item before the tool has run. */
  describe(input: Input): ToolItem;
  execute(input: Input, context: ToolContext): Promise<ToolResult>;
};

export type Tool = {
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  parameters: Record<string, unknown>;
  parse(value: unknown): ParsedCall | { ok: false; reason: string };
};

export type ParsedCall = {
  ok: true;
  input: unknown;
  item: ToolItem;
  execute(context: ToolContext): Promise<ToolResult>;
};

export function defineTool<Input>(definition: ToolDefinition<Input>): Tool {
  const { name, description, schema } = definition;
  const { $schema: _, ...parameters } = z.toJSONSchema(schema);
  return {
    name,
    description,
    parameters,
    parse: (value) => {
      const { success, data, error } = schema.safeParse(value);
      if (!success) return { ok: false, reason: z.prettifyError(error) };
      const execute = (context: ToolContext) => definition.execute(data, context);
      return { ok: true, input: data, item: definition.describe(data), execute };
    },
  };
}
