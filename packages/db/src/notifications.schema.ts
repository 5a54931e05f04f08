import { z } from "zod";
import { type InboxKind, inboxKinds } from "./inbox.schema.ts";

const minuteOfDay = z.number().int().min(0).max(1439);

export const notificationSettings = z.object({
  /** What the member is told of by e-mail. */
  emailKinds: z.array(z.enum(inboxKinds)),
  /** Minutes of the day in `timeZone`; over midnight where `from` is the later one. */
  quietHours: z.object({ from: minuteOfDay, to: minuteOfDay }).nullable(),
  /** An IANA name. */
  timeZone: z.string().refine(isTimeZone, "There is no such time zone."),
});
export type NotificationSettings = z.output<typeof notificationSettings>;

/** Of who has chosen nothing yet: all but answers, of which there are many. */
export const defaultEmailKinds: readonly InboxKind[] = inboxKinds.filter((kind) => kind !== "turnFinished");

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
