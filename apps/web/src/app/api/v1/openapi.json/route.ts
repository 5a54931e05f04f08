import { apiBase } from "../../../../server/api.ts";
import { apiDocument } from "../../../../server/api-document.ts";
import { route } from "../../../../server/route.ts";

export const GET = route("public", ({ runtime }) =>
  Response.json(apiDocument(new URL(apiBase, runtime.env.NEXTAUTH_URL).href)),
);
