import { z } from "zod";
import type { Answer } from "./wire.ts";

const callSchema = z.object({
  name: z.string(),
  arguments: z
    .union([z.string(), z.record(z.string(), z.unknown()).transform((input) => JSON.stringify(input))])
    .default("{}"),
});

const stepSchema = z.union([
  z.string().transform((text) => ({ text, calls: [] })),
  z.object({ text: z.string().default(""), calls: z.array(callSchema) }),
  callSchema.transform((call) => ({ text: "", calls: [call] })),
  z.object({ text: z.string() }).transform(({ text }) => ({ text, calls: [] })),
]);

const planSchema = z.array(stepSchema);

/**
 * The answer after so many steps, from the JSON array in a prompt. An element is one answer: a text, one tool call
 * `{name, arguments}`, or `{text, calls: [{name, arguments}]}`; arguments that are a text are sent as they are.
 * After the last element, and without a plan: `Done.`
 */
export function planAnswer(prompt: string, step: number, fallback: Answer[] = []): Answer {
  return (readPlan(prompt) ?? fallback)[step] ?? { text: "Done.", calls: [] };
}

function readPlan(prompt: string): Answer[] | null {
  const end = prompt.lastIndexOf("]") + 1;
  for (let start = prompt.indexOf("["); start !== -1 && start < end; start = prompt.indexOf("[", start + 1)) {
    try {
      const parsed = planSchema.safeParse(JSON.parse(prompt.slice(start, end)));
      if (parsed.success) return parsed.data;
    } catch {
      // Not JSON from this bracket on: the plan may begin at a later one.
    }
  }
  return null;
}
