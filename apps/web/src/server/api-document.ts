import { z } from "zod";
import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject } from "zod-openapi";
import { type Endpoint, endpoints } from "./api-endpoints.ts";
import { version } from "./version.ts";

const failure = z
  .object({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Failure", description: "`code` is stable; `message` is a sentence for a person." });

const failed = { description: "Refused", content: { "application/json": { schema: failure } } };
const threadId = z.object({ threadId: z.string() });

/** What streams is no procedure; the document names it all the same. */
const streams: ZodOpenApiObject["paths"] = {
  "/threads/{threadId}/events": {
    get: {
      operationId: "threads-events",
      summary: "Live changes of a thread as server-sent events",
      description:
        "`event: item` with the item, its `seq` as id; `event: delta {itemId, text}`; `event: reset {itemId}`; " +
        "`event: thread`. Resumes after `Last-Event-ID`, or after the query's `after`.",
      requestParams: { path: threadId, query: z.object({ after: z.number().int().min(0).optional() }) },
      responses: { 200: { description: "The stream", content: { "text/event-stream": {} } }, default: failed },
    },
  },
  "/threads/{threadId}/items/{itemId}/output": {
    get: {
      operationId: "threads-itemOutput",
      summary: "The whole output of a command",
      requestParams: { path: threadId.extend({ itemId: z.string() }) },
      responses: { 200: { description: "Its bytes", content: { "application/octet-stream": {} } }, default: failed },
    },
  },
};

/** The API as it is, described from the procedures themselves (OpenAPI 3.1). */
export function apiDocument(baseUrl: string): ReturnType<typeof createDocument> {
  const paths: NonNullable<ZodOpenApiObject["paths"]> = { ...streams };
  for (const endpoint of endpoints) {
    const path = `/${endpoint.segments.join("/")}`;
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) };
  }
  return createDocument({
    openapi: "3.1.0",
    info: { title: "Heddle", version, description: "The calls that the page makes, for scripts and bots." },
    servers: [{ url: baseUrl }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths,
  });
}

function operation({ procedure, method, segments, meta, input, output }: Endpoint): ZodOpenApiOperationObject {
  const inPath = segments.flatMap((segment) => /^\{(.+)\}$/.exec(segment)?.[1] ?? []);
  const keys = (wanted: (name: string) => boolean) =>
    z.object(Object.fromEntries(Object.entries(input.shape).filter(([name]) => wanted(name))));
  const rest = keys((name) => !inPath.includes(name));
  const body = method === "POST" && Object.keys(rest.shape).length > 0;
  const idempotency = z.object({ "Idempotency-Key": z.string().max(200).optional() });
  return {
    operationId: procedure.replace(".", "-"),
    summary: meta.openapi?.summary,
    requestParams: {
      path: keys((name) => inPath.includes(name)),
      ...(method === "GET" ? { query: rest } : {}),
      ...(method === "POST" ? { header: idempotency } : {}),
    },
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: rest } } } } : {}),
    responses: {
      200: { description: "Done", ...(output ? { content: { "application/json": { schema: output } } } : {}) },
      default: failed,
    },
  };
}
