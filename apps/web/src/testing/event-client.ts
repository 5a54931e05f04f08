export type ReceivedEvent = { event: string; id: number | null; data: Record<string, unknown> };

export type EventClient = {
  events: ReceivedEvent[];
  status: number;
  /** Resolves once `done` holds for what has come; rejects when the stream ends before. */
  until(done: (events: ReceivedEvent[]) => boolean): Promise<void>;
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  cut(): void;
};

/** Opens a stream of server-sent events and keeps all that comes. */
export async function openEvents(url: string, headers: Record<string, string>): Promise<EventClient> {
  const left = new AbortController();
  const response = await fetch(url, { headers, signal: left.signal });
  const events: ReceivedEvent[] = [];
  let wake = () => {};
  let over = false;
  const read = async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event) events.push(event);
      }
      wake();
    }
  };
  const ended = read()
    .catch(() => undefined)
    .finally(() => {
      over = true;
      wake();
    });
  return {
    events,
    status: response.status,
    ended,
    cut: () => left.abort(),
    async until(done) {
      while (!done(events)) {
        if (over) throw new Error(`the stream ended after ${events.length} events`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function parseEvent(block: string): ReceivedEvent | null {
  const fields = new Map(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const [event, id, data] = [fields.get("event"), fields.get("id"), fields.get("data")];
  return event === undefined || data === undefined
    ? null
    : { event, id: id === undefined ? null : Number(id), data: JSON.parse(data) };
}
