import { z } from "zod";

/** What an item is about; in the order in which lists and settings name them. */
export const inboxKinds = [
  "turnFailed",
  "turnFinished",
  "setupAsked",
  "setupFailed",
  "mention",
  "handOver",
  "hostTrouble",
] as const;
export type InboxKind = (typeof inboxKinds)[number];

export const inboxViews = ["open", "snoozed", "done"] as const;
export type InboxListView = (typeof inboxViews)[number];

export const listInboxInput = z.object({ view: z.enum(inboxViews).default("open") });

export const inboxItemInput = z.object({ itemId: z.string() });
export const handOnInboxInput = inboxItemInput.extend({ userId: z.string() });
export type HandOnInboxInput = z.output<typeof handOnInboxInput>;
export const snoozeInboxInput = inboxItemInput.extend({ until: z.coerce.date() });

const person = z.object({ id: z.string(), name: z.string() });

export const inboxItemView = z.object({
  id: z.string(),
  kind: z.enum(inboxKinds),
  /** `null` for what is about no thread. */
  thread: z.object({ id: z.string(), title: z.string(), project: z.string() }).nullable(),
  /** The part of the thread's address behind `?` that shows the place. */
  place: z.string().nullable(),
  note: z.string().nullable(),
  actor: person.nullable(),
  claimedBy: person.nullable(),
  handedBy: person.nullable(),
  handedTo: person.nullable(),
  /** How many others were told of the same. */
  alsoTold: z.number(),
  createdAt: z.date(),
  snoozedUntil: z.date().nullable(),
  /** When the person was done with it, or its cause was gone. */
  endedAt: z.date().nullable(),
  /** Its cause is gone: it cannot be opened again. */
  resolved: z.boolean(),
});
export type InboxItemView = z.output<typeof inboxItemView>;
