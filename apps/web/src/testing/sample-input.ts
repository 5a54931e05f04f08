import { newId } from "@heddle/db/ids";
import { z } from "zod";

type Schema = {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  minLength?: number;
  minimum?: number;
  minItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};

/** The id to put where an input names something by this key; `undefined` where the key names nothing. */
export type IdOf = (key: string) => string | undefined;

/**
 * A value that a procedure takes, made from the schema of its input, with everything that is optional.
 * @param inputs as tRPC keeps them: one for each `.input()`, all met together
 */
export function sampleInput(inputs: readonly z.ZodType[], idOf: IdOf): Record<string, unknown> | undefined {
  if (inputs.length === 0) return undefined;
  const schemas = inputs.map((input) => z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as Schema);
  return Object.assign({}, ...schemas.map((schema) => sample(schema, "", idOf)));
}

function sample(schema: Schema, key: string, idOf: IdOf): unknown {
  const { properties = {}, minLength = 1, minimum = 1, minItems = 1, items = {} } = schema;
  const parts = schema.anyOf ?? schema.oneOf;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (parts) return sample(parts.find(({ type }) => type !== "null") ?? {}, key, idOf);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => sample(part, key, idOf)));
  if (schema.type === "object") {
    return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, sample(part, name, idOf)]));
  }
  if (schema.type === "array") return Array.from({ length: Math.max(1, minItems) }, () => sample(items, key, idOf));
  if (schema.type === "boolean") return true;
  if (schema.type === "number" || schema.type === "integer") return minimum;
  const id = idOf(key);
  if (id !== undefined) return id;
  return formed[key] ?? newId().padEnd(minLength, "x");
}

/** What has a form, by its key. */
const formed: Record<string, unknown> = {
  email: "somebody@example.test",
  model: "demo/demo",
  until: new Date(Date.now() + 3_600_000),
};
