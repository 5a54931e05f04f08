import { AsyncLocalStorage } from "node:async_hooks";

/** What a log line is about; carried along by everything that a request or a step of a thread does. */
export type Ids = { requestId?: string; projectId?: string; threadId?: string; turnId?: string; jobId?: string };

// One per process, however many bundles hold a copy of this module.
const slot = globalThis as { [key]?: AsyncLocalStorage<Ids> };
const key = Symbol.for("heddle.ids");
slot[key] ??= new AsyncLocalStorage<Ids>();
const storage = slot[key];

/** Runs `work` so that its log lines name these ids, beside those that hold already. */
export function withIds<T>(ids: Ids, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...ids }, work);
}

export function currentIds(): Ids {
  return storage.getStore() ?? {};
}
