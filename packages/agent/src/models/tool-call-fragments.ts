import type { ModelToolCall } from "./port.ts";

/** A piece of a tool call as Chat Completions servers stream it. Not all of them send what the specification asks for. */
export type ToolCallFragment = {
  index?: number | null;
  id?: string | null;
  function?: { name?: string | null; arguments?: unknown } | null;
};

type PartialCall = { index: number; id: string; name: string; arguments: string };

/**
 * Puts streamed tool calls together by their index. Tolerates servers that leave the index out, give every call the
 * same one, repeat the name in each piece, or send arguments as an object.
 */
export function createToolCallAssembler() {
  const calls: PartialCall[] = [];

  const find = (fragment: ToolCallFragment): PartialCall | undefined => {
    const { index, id } = fragment;
    const sameIndex = calls.filter((call) => index === null || index === undefined || call.index === index);
    if (!id) return sameIndex.at(-1);
    return sameIndex.find((call) => call.id === id) ?? sameIndex.find((call) => call.id === "");
  };

  return {
    add(fragment: ToolCallFragment): void {
      let call = find(fragment);
      if (call === undefined) {
        call = { index: fragment.index ?? calls.length, id: "", name: "", arguments: "" };
        calls.push(call);
      }
      const { name, arguments: text } = fragment.function ?? {};
      if (fragment.id) call.id = fragment.id;
      if (name && name !== call.name) call.name += name;
      if (typeof text === "string") call.arguments += text;
      else if (text !== undefined && text !== null) call.arguments += JSON.stringify(text);
    },
    /** Characters received so far. */
    get chars(): number {
      return calls.reduce((sum, call) => sum + call.name.length + call.arguments.length, 0);
    },
    /** The calls in order; one without an id gets `idPrefix` and its place. */
    finish(idPrefix: string): ModelToolCall[] {
      return calls.map(({ id, name, arguments: text }, place) => ({
        id: id || `${idPrefix}${place}`,
        name,
        arguments: text,
      }));
    },
  };
}
