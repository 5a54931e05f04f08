import type { Permission } from "@heddle/db/permissions";
import { cleanJson } from "@heddle/db/text";
import { type Ids, withIds } from "@heddle/telemetry/ids";
import { inSpan } from "@heddle/telemetry/tracing";
import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import { z } from "zod";
import { type Access, type Caller, openProject, openThread, openUser, openWorkspace } from "./access.ts";
import { failureBody, failureOf } from "./failure.ts";
import type { Runtime } from "./runtime.ts";

export type Context = Caller & {
  runtime: Runtime;
  requestId: string;
  /** Of whoever calls, signed in or not. */
  ip: string | null;
};

export type ProcedureMeta = {
  /** Set by the five makers below; a test fails on a procedure without it. */
  access?: Access;
  /** The procedure's address in `/api/v1`; names in braces are keys of its input. */
  openapi?: { method: "GET" | "POST" | "DELETE"; path: `/${string}`; summary: string };
  /** The answer holds a secret that is shown once: a stored copy of it must be sealed. */
  secretAnswer?: boolean;
};

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    // PostgreSQL takes neither NUL nor lone surrogates: they are gone before any procedure sees its input.
    transformer: {
      input: { serialize: superjson.serialize, deserialize: (value) => cleanJson(superjson.deserialize(value)) },
      output: superjson,
    },
    errorFormatter({ shape, error, ctx }) {
      const failure = failureOf(error);
      const { code, message, issues } = failureBody(failure);
      const { status, retryable } = failure.error;
      return { ...shape, message, data: { code, status, retryable, issues, requestId: ctx?.requestId } };
    },
  });

export const router = t.router;

/** Each call is a span, and its log lines name what it is about. */
const procedure = t.procedure.use(async ({ path, getRawInput, next }) => {
  const ids = idsOf(await getRawInput().catch(() => null));
  return withIds(ids, () =>
    inSpan(path, { attributes: ids }, async (span) => {
      const result = await next();
      if (!result.ok) span.fail(failureOf(result.error).error.code);
      return result;
    }),
  );
});

const namedIds = z.object({ projectId: z.string().max(64), threadId: z.string().max(64), turnId: z.string().max(64) });

function idsOf(input: unknown): Ids {
  return namedIds.partial().safeParse(input).data ?? {};
}

/*
 * Door 1: the only five ways to make a procedure. Each checks the caller before it looks at the rest of the input, and
 * puts the scope into `ctx`, without which no repository function can be called.
 */

/** Open to everyone: for who has nothing but a link, and so has no scope. */
export const publicProcedure = procedure.meta({ access: "public" });

export const userProcedure = procedure
  .meta({ access: "user" })
  .use(({ ctx, next }) => next({ ctx: { scope: openUser(ctx) } }));

export function workspaceProcedure(permission: Permission) {
  return procedure
    .meta({ access: { on: "workspace", permission } })
    .use(async ({ ctx, next }) => next({ ctx: { scope: await openWorkspace(ctx, permission) } }));
}

export function projectProcedure(permission: Permission) {
  return procedure
    .meta({ access: { on: "project", permission } })
    .input(z.object({ projectId: z.string() }))
    .use(async ({ ctx, input, next }) => next({ ctx: { scope: await openProject(ctx, input.projectId, permission) } }));
}

export function threadProcedure(permission: Permission) {
  return procedure
    .meta({ access: { on: "thread", permission } })
    .input(z.object({ threadId: z.string() }))
    .use(async ({ ctx, input, next }) => next({ ctx: { scope: await openThread(ctx, input.threadId, permission) } }));
}
