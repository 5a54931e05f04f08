import { AppError } from "@heddle/db/errors";
import { z } from "zod";

const changeNumber = z.coerce.number().int().min(0).max(2_147_483_647);

/** Number of the last change that the client has: `Last-Event-ID` of a reconnect, else the query's `after`, else 0. @throws BAD_INPUT */
export function resumePoint(request: Request): number {
  const given = request.headers.get("last-event-id") || new URL(request.url).searchParams.get("after") || "0";
  const parsed = changeNumber.safeParse(given);
  if (!parsed.success) throw new AppError("BAD_INPUT", { message: "`after` is the number of a change." });
  return parsed.data;
}
