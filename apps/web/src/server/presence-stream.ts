import type { ThreadScope } from "@heddle/db/scope";
import type { Presence } from "./presence.ts";
import type { EventSink } from "./sse.ts";

type Options = { presence: Presence; sink: EventSink; scope: ThreadScope };

/**
 * `event: presence` with everybody who looks at the thread, whenever that changes; the stream's own reader is one of
 * them until it is closed. Bots look and are not shown.
 */
export async function streamPresence({ presence, sink, scope }: Options): Promise<void> {
  const { threadId, principal } = scope;
  let last = "";
  const send = () => {
    const people = presence.people(threadId);
    const state = JSON.stringify(people);
    if (state === last || !sink.hasRoom()) return;
    last = state;
    sink.send({ event: "presence", data: { people } });
  };
  if (principal.kind === "bot" || sink.closed.aborted) return closing(sink);
  const leave = presence.join(threadId, { id: principal.userId, name: principal.name }, send);
  await closing(sink).finally(leave);
}

function closing({ closed }: EventSink): Promise<void> {
  if (closed.aborted) return Promise.resolve();
  return new Promise((resolve) => closed.addEventListener("abort", () => resolve(), { once: true }));
}
