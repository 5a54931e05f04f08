import type { WorkspaceScope } from "@heddle/db/scope";
import { createBell } from "./bell.ts";
import type { Hub } from "./hub.ts";
import type { EventSink } from "./sse.ts";

const recheckMs = 5_000;
/** Even without a hint: hints may be lost. */
const refreshMs = 30_000;

type Options = {
  hub: Hub;
  sink: EventSink;
  scope: WorkspaceScope;
  /** @throws once the caller is no longer a member */
  recheck: () => Promise<WorkspaceScope>;
};

/**
 * `event: workspace` whenever lists of the workspace may have changed: projects, threads, providers, tokens. `event:
 * inbox` whenever the caller's inbox may have.
 */
export async function streamWorkspace({ hub, sink, scope, recheck }: Options): Promise<void> {
  let changed = false;
  let inboxChanged = false;
  let [checkedAt, sentAt] = [Date.now(), Date.now()];
  const bell = createBell();
  const stop = hub.onWorkspace(scope.workspaceId, (event) => {
    changed ||= event.k === "workspace";
    inboxChanged ||= event.k === "inbox" && event.u.includes(scope.principal.userId);
    bell.ring();
  });
  sink.closed.addEventListener("abort", bell.ring, { once: true });
  try {
    while (!sink.closed.aborted) {
      await bell.rung();
      if (changed || inboxChanged || Date.now() - checkedAt > recheckMs) {
        await recheck();
        checkedAt = Date.now();
      }
      if (!changed && !inboxChanged && Date.now() - sentAt < refreshMs) continue;
      await sink.room();
      if (inboxChanged) {
        inboxChanged = false;
        sink.send({ event: "inbox", data: {} });
      }
      if (!changed && Date.now() - sentAt < refreshMs) continue;
      changed = false;
      sentAt = Date.now();
      sink.send({ event: "workspace", data: {} });
    }
  } finally {
    stop();
  }
}
