import type { ModelToolCall, ToolSpec } from "./models/port.ts";
import { SandboxLost, SandboxUnavailable } from "./sandbox/errors.ts";
import type { Sandbox } from "./sandbox/types.ts";
import { editFile } from "./tools/edit-file.ts";
import { ToolRefusal } from "./tools/inside-file.ts";
import { listFiles } from "./tools/list-files.ts";
import { shorten } from "./tools/output-window.ts";
import { readFile } from "./tools/read-file.ts";
import { searchFiles } from "./tools/search-files.ts";
import { shell } from "./tools/shell.ts";
import { defaultLimits, type ParsedCall, type Tool, type ToolItem, type ToolLimits } from "./tools/tool.ts";
import { writeFile } from "./tools/write-file.ts";

export type ToolOutcome = {
  /** `failed`: the model is told why. `interrupted`: how far the effect went is unknown. `declined`: it did not run. */
  status: "completed" | "failed" | "declined" | "interrupted";
  /** Bounded, without NUL and lone surrogates. */
  forModel: string;
  item: ToolItem;
};

/** May a call run? `ask` needs a person's answer first; whoever cannot ask declines. */
export type Decision = { kind: "allow" } | { kind: "ask"; reason: string } | { kind: "deny"; reason: string };
export type Policy = (call: { name: string; input: unknown }) => Decision | Promise<Decision>;

export type ToolCallContext = {
  /** Null where this host cannot run one: nothing runs then. */
  sandbox: Sandbox | null;
  signal?: AbortSignal;
  /** Every byte that a command prints, as it comes. */
  onOutput?: (chunk: Buffer) => void;
  limits?: Partial<ToolLimits>;
  /** All tools are allowed when absent. */
  policy?: Policy;
};

const tools: readonly Tool[] = [shell, readFile, writeFile, editFile, listFiles, searchFiles];
const byName = new Map(tools.map((tool) => [tool.name, tool]));
const maxRawChars = 16 * 1024;

/** The tools as a model is told of them. */
export function toolSpecs(): ToolSpec[] {
  return tools.map(({ name, description, parameters }) => ({ name, description, parameters }));
}

/** The item of a call before it runs, so that it can be stored before any effect. */
export function describeCall(call: ModelToolCall): ToolItem {
  const prepared = prepare(call);
  return prepared.ok ? prepared.item : rawItem(call, "");
}

/**
 * The single way from a model's tool call to an effect: parsed, decided upon, run in the sandbox, shaped as an item.
 * Throws for nothing that a model can cause; malformed calls, refusals and failures are answers to it. It does throw
 * what the caller's own `onOutput` throws.
 */
export async function runToolCall(call: ModelToolCall, context: ToolCallContext): Promise<ToolOutcome> {
  const prepared = prepare(call);
  if (!prepared.ok) return { status: "failed", forModel: prepared.reason, item: rawItem(call, prepared.reason) };
  const { item } = prepared;
  const limits = { ...defaultLimits, ...context.limits };
  const answer = (status: ToolOutcome["status"], text: string): ToolOutcome => {
    const forModel = shorten(text, limits.modelChars);
    return { status, forModel, item: item.type === "toolCall" ? { ...item, result: forModel } : item };
  };

  const decision = await decide(context, { name: call.name, input: prepared.input });
  if (decision.kind !== "allow") return answer("declined", `This was not run: ${decision.reason}`);
  const { sandbox, signal, onOutput } = context;
  if (sandbox === null) return answer("declined", "This was not run: no sandbox is available on this host.");
  if (signal?.aborted) return answer("interrupted", "This was not run: the turn was interrupted before.");
  try {
    const result = await prepared.execute({ sandbox, signal, onOutput, limits });
    const status = signal?.aborted ? "interrupted" : result.ok ? "completed" : "failed";
    return { status, forModel: shorten(result.forModel, outerLimit(limits)), item: result.item };
  } catch (error) {
    if (signal?.aborted) return answer("interrupted", "This was interrupted; it may have had part of its effect.");
    if (error instanceof ToolRefusal) return answer("failed", error.message);
    if (error instanceof SandboxUnavailable) return answer("declined", `This was not run: ${error.message}`);
    if (error instanceof SandboxLost)
      return answer(
        "interrupted",
        "The sandbox was lost; whether this had its effect is unknown. Look before repeating it.",
      );
    throw error;
  }
}

/** A tool adds a line or two to what it has bounded itself. */
const outerLimit = (limits: ToolLimits) => limits.modelChars + 1024;

async function decide(context: ToolCallContext, call: { name: string; input: unknown }): Promise<Decision> {
  if (context.policy === undefined) return { kind: "allow" };
  try {
    return await context.policy(call);
  } catch {
    return { kind: "deny", reason: "the policy could not be read." };
  }
}

function prepare(call: ModelToolCall): ParsedCall | { ok: false; reason: string } {
  const tool = byName.get(call.name);
  if (tool === undefined) {
    const name = shorten(call.name, 100);
    return { ok: false, reason: `There is no tool "${name}". The tools are: ${[...byName.keys()].join(", ")}.` };
  }
  const json = parseJson(call.arguments);
  if (!json.ok) return { ok: false, reason: `The arguments of ${tool.name} are not valid JSON: ${json.reason}` };
  const parsed = tool.parse(json.value);
  if (parsed.ok) return parsed;
  return { ok: false, reason: `The arguments of ${tool.name} do not fit:\n${shorten(parsed.reason, 2000)}` };
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  try {
    return { ok: true, value: text.trim() === "" ? {} : JSON.parse(text, wellFormed) };
  } catch (error) {
    return { ok: false, reason: shorten(error instanceof Error ? error.message : String(error), 300) };
  }
}

function rawItem(call: ModelToolCall, result: string): ToolItem {
  return { type: "toolCall", name: shorten(call.name, 100), input: shorten(call.arguments, maxRawChars), result };
}

/** Lone surrogates cannot be stored or written to a file. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\uFFFD") : value;
}
