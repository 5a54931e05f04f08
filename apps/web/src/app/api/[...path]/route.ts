import { AppError } from "@heddle/db/errors";
import { route } from "../../../server/route.ts";

const handler = route("public", () => {
  throw new AppError("NOT_FOUND", { message: "There is no such address." });
});

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
