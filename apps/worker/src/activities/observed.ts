import type { Database } from "@heddle/db/database";
import { turnTrace } from "@heddle/db/turn-trace";
import { type Ids, withIds } from "@heddle/telemetry/ids";
import { inSpan, isTracing, recordSpan } from "@heddle/telemetry/tracing";

type Activity = (input: never) => Promise<unknown>;

/**
 * Wraps activities so that their log lines name the thread and turn, and each is a span below the request that sent the
 * turn. The trace comes from the turn's row, so it holds over kills and moves and no history carries it.
 */
export function observed<T extends Record<string, Activity>>(activities: T, db: Database): T {
  const wrapped = Object.entries(activities).map(([name, run]) => [
    name,
    (input: never) => {
      const ids = idsOf(input);
      return withIds(ids, () => (isTracing() ? traced(db, name, ids, () => run(input)) : run(input)));
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}

async function traced(db: Database, name: string, ids: Ids, run: () => Promise<unknown>): Promise<unknown> {
  const { turnId } = ids;
  const before = turnId === undefined ? null : await turnTrace(db, turnId).catch(() => null);
  const result = await inSpan(name, { parent: before?.trace ?? null, attributes: ids }, run);
  if (name === "finishTurn" && turnId !== undefined && before?.trace && before.startedAt) {
    recordSpan("turn", { parent: before.trace, attributes: ids }, before.startedAt, new Date());
  }
  return result;
}

const idNames = ["projectId", "threadId", "turnId", "jobId"] as const;

function idsOf(input: unknown): Ids {
  const given = (input ?? {}) as Record<string, unknown>;
  return Object.fromEntries(idNames.flatMap((name) => (typeof given[name] === "string" ? [[name, given[name]]] : [])));
}
