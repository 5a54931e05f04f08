import type { Publisher } from "@heddle/db/publisher";
import type { Hub, HubEvent } from "./hub.ts";

export type Person = { id: string; name: string };
export type PresentPerson = Person & { typing: boolean };

export type Presence = {
  /**
   * Somebody looks at a thread over a stream of this process.
   * @param onChange called whenever `people` may have changed, and each second
   * @returns the way to leave
   */
  join(threadId: string, person: Person, onChange: () => void): () => void;
  /** Who looks at a thread, over any process, by name. Known only while somebody looks over this one. */
  people(threadId: string): PresentPerson[];
  setTyping(threadId: string, userId: string, typing: boolean): void;
  close(): void;
};

type Room = {
  /** By connection, of all processes, with the moment from which they count as gone. */
  seen: Map<string, { person: Person; untilMs: number }>;
  own: Map<string, { person: Person; onChange: () => void }>;
  typing: Map<string, number>;
  stop: () => void;
};

const sweepMs = 1_000;
const sweepsPerBeat = 4;
/** Without a beat for so long, a process or its connection is gone. */
const lifeMs = 12_000;
/** Longer than the pause between two words of a client that types. */
const typingMs = 6_000;

/**
 * Who is here, by hints alone: each process tells of its own open streams every few seconds and forgets those it no
 * longer hears of, so that a killed process leaves nobody behind. Nothing is stored.
 */
export function createPresence({ hub, publisher }: { hub: Hub; publisher: Publisher }): Presence {
  const rooms = new Map<string, Room>();
  let sweeps = 0;
  const timer = setInterval(sweep, sweepMs);
  timer.unref();

  function tellAll(room: Room): void {
    for (const { onChange } of room.own.values()) onChange();
  }

  function beat(threadId: string, room: Room): void {
    for (const [connection, { person }] of room.own) {
      publisher.send({ k: "presence", t: threadId, c: connection, u: person.id, n: person.name, here: true });
    }
  }

  function sweep(): void {
    sweeps += 1;
    const now = Date.now();
    for (const [threadId, room] of rooms) {
      for (const connection of room.own.keys()) touch(room, connection, now);
      for (const [connection, { untilMs }] of room.seen) if (untilMs < now) room.seen.delete(connection);
      for (const [userId, untilMs] of room.typing) if (untilMs < now) room.typing.delete(userId);
      if (sweeps % sweepsPerBeat === 0) beat(threadId, room);
      tellAll(room);
    }
  }

  /** One's own streams are known to be open, also while no hint arrives. */
  function touch(room: Room, connection: string, now: number): void {
    const seen = room.seen.get(connection);
    if (seen) seen.untilMs = now + lifeMs;
  }

  function hear(threadId: string, room: Room, event: HubEvent): void {
    switch (event.k) {
      case "presence":
        if (event.here) {
          room.seen.set(event.c, { person: { id: event.u, name: event.n }, untilMs: Date.now() + lifeMs });
        } else room.seen.delete(event.c);
        tellAll(room);
        break;
      case "typing":
        if (event.on) room.typing.set(event.u, Date.now() + typingMs);
        else room.typing.delete(event.u);
        tellAll(room);
        break;
      case "whoIsHere":
        beat(threadId, room);
        break;
    }
  }

  function openRoom(threadId: string): Room {
    const room: Room = { seen: new Map(), own: new Map(), typing: new Map(), stop: () => {} };
    room.stop = hub.onThread(threadId, (event) => hear(threadId, room, event));
    rooms.set(threadId, room);
    publisher.send({ k: "whoIsHere", t: threadId });
    return room;
  }

  return {
    join(threadId, person, onChange) {
      const room = rooms.get(threadId) ?? openRoom(threadId);
      const connection = crypto.randomUUID();
      room.own.set(connection, { person, onChange });
      room.seen.set(connection, { person, untilMs: Date.now() + lifeMs });
      const word = { k: "presence", t: threadId, c: connection, u: person.id, n: person.name } as const;
      publisher.send({ ...word, here: true });
      tellAll(room);
      return () => {
        room.own.delete(connection);
        room.seen.delete(connection);
        publisher.send({ ...word, here: false });
        tellAll(room);
        if (room.own.size > 0) return;
        room.stop();
        rooms.delete(threadId);
      };
    },
    people(threadId) {
      const room = rooms.get(threadId);
      if (!room) return [];
      const people = new Map([...room.seen.values()].map(({ person }) => [person.id, person]));
      return [...people.values()]
        .map(({ id, name }) => ({ id, name, typing: room.typing.has(id) }))
        .sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
    },
    setTyping: (threadId, userId, on) => publisher.send({ k: "typing", t: threadId, u: userId, on }),
    close() {
      clearInterval(timer);
      for (const room of rooms.values()) room.stop();
      rooms.clear();
    },
  };
}
