import { searchThreads } from "@heddle/db/search";
import { searchInput, searchResult } from "@heddle/db/search.schema";
import { router, workspaceProcedure } from "../../server/trpc.ts";

export const searchRouter = router({
  threads: workspaceProcedure("thread.read")
    .meta({
      openapi: { method: "GET", path: "/search", summary: "Threads by the words of their titles, prompts and answers" },
    })
    .input(searchInput)
    .output(searchResult)
    .query(({ ctx, input }) => searchThreads(ctx.scope, input)),
});
