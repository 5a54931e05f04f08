import { AppError } from "@heddle/db/errors";
import { cleanText } from "@heddle/db/text";
import { outputResponse } from "../../../../../../../features/threads/output.ts";
import { route } from "../../../../../../../server/route.ts";

/** `…/items/{itemId}/output`: ids of items have slashes, which may come as they are or encoded. */
export const GET = route({ threadId: "thread.read" }, ({ scope, params }) => {
  const parts = [params.item ?? []].flat();
  if (parts.pop() !== "output" || parts.length === 0) throw new AppError("NOT_FOUND");
  return outputResponse(scope, decoded(parts.join("/")));
});

function decoded(id: string): string {
  try {
    return cleanText(decodeURIComponent(id));
  } catch (cause) {
    throw new AppError("NOT_FOUND", { cause });
  }
}
