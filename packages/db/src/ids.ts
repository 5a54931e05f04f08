import { v7 } from "uuid";

/** A new row id: time-ordered UUIDv7 text. Made before the write, so that the audit event can name it. */
export function newId(): string {
  return v7();
}
