import { AppError } from "@heddle/db/errors";
import { z } from "zod";
import { appRouter } from "./root.ts";
import type { ProcedureMeta } from "./trpc.ts";

/** A procedure as the REST API offers it. */
export type Endpoint = {
  /** For example `threads.get`. */
  procedure: string;
  type: "query" | "mutation" | "subscription";
  method: "GET" | "POST" | "DELETE";
  segments: string[];
  meta: ProcedureMeta;
  input: z.ZodObject;
  output: z.ZodType | undefined;
};

/** What tRPC keeps of a procedure; its public types leave the parsers out. */
type Definition = {
  type: Endpoint["type"];
  meta?: ProcedureMeta;
  inputs: z.ZodObject[];
  output?: z.ZodType;
};

const definitions = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: Definition }>);

export const endpoints: readonly Endpoint[] = definitions.flatMap(([procedure, { _def }]) => {
  const { type, meta, inputs, output } = _def;
  if (!meta?.openapi) return [];
  const { method, path } = meta.openapi;
  const input = z.object(Object.assign({}, ...inputs.map((part) => part.shape)));
  return [{ procedure, type, method, segments: path.slice(1).split("/"), meta, input, output }];
});

/**
 * The procedure for a path below `/api/v1`, with the path's parameters. A literal segment wins over a parameter.
 * @throws NOT_FOUND, METHOD_NOT_SUPPORTED
 */
export function findEndpoint(method: string, path: string): { endpoint: Endpoint; params: Record<string, string> } {
  const given = decodeSegments(path);
  const matches = endpoints.flatMap((endpoint) => {
    const params = matchSegments(endpoint.segments, given);
    return params ? [{ endpoint, params }] : [];
  });
  if (matches.length === 0) throw new AppError("NOT_FOUND", { message: "The API has no such address." });
  const fitting = matches
    .filter(({ endpoint }) => endpoint.method === method)
    .sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  if (!fitting[0]) throw new AppError("METHOD_NOT_SUPPORTED");
  return fitting[0];
}

function decodeSegments(path: string): string[] {
  try {
    return path
      .replace(/^\/|\/$/g, "")
      .split("/")
      .map(decodeURIComponent);
  } catch (cause) {
    throw new AppError("NOT_FOUND", { cause });
  }
}

function matchSegments(pattern: string[], given: string[]): Record<string, string> | null {
  if (pattern.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const value = given[index] ?? "";
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name !== undefined && value !== "") params[name] = value;
    else if (segment !== value) return null;
  }
  return params;
}
