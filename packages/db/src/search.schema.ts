import { z } from "zod";
import { threadView } from "./threads.schema.ts";

export const searchInput = z.object({
  query: z.string().max(1_000, "The query is too long."),
  projectId: z.string().max(64).optional(),
  /** Of who started the thread. */
  memberId: z.string().max(64).optional(),
  status: z.enum(["idle", "running", "waiting", "failed", "archived"]).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(30),
});
export type SearchInput = z.output<typeof searchInput>;

export const searchHit = z.object({
  thread: threadView,
  /** Where its best match is. */
  place: z.enum(["title", "prompt", "answer"]),
  /** The turn of a prompt or answer. */
  turnId: z.string().nullable(),
  /** The passage around the match; `match` marks the words found. */
  passage: z.array(z.object({ text: z.string(), match: z.boolean() })),
  /** Prompts and answers of the thread that match. */
  matches: z.number(),
});
export type SearchHit = z.infer<typeof searchHit>;

export const searchResult = z.object({ hits: z.array(searchHit), more: z.boolean() });
export type SearchResult = z.infer<typeof searchResult>;
