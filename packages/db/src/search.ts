import type { WorkspaceScope } from "./scope.ts";
import type { SearchHit, SearchInput, SearchResult } from "./search.schema.ts";
import { type SearchQuery, searchQuery } from "./search-query.ts";
import type { ThreadView } from "./threads.schema.ts";
import { findThreads } from "./threads.ts";
import { visibleThreads } from "./visible-threads.ts";

/** Around a word found, in the text that PostgreSQL marks; no text of ours has them. */
const [markStart, markEnd] = ["\u0002", "\u0003"];
const marks = `StartSel="${markStart}", StopSel="${markEnd}"`;
const wholeTitle = `HighlightAll=true, ${marks}`;
const bestPassage = `MaxFragments=1, MaxWords=32, MinWords=14, ${marks}`;
const marked = new RegExp(`${markStart}([^${markStart}${markEnd}]*)${markEnd}`);

type Row = Omit<SearchHit, "thread" | "passage" | "matches"> & { threadId: string; text: string; matches: bigint };

/**
 * The threads that the principal may see whose title, prompts or answers have what is asked for, best match first, each
 * with its best passage. Without words: all threads that the filters let through, latest change first.
 */
export async function searchThreads(scope: WorkspaceScope, input: SearchInput): Promise<SearchResult> {
  const { projectId, memberId: createdById, status, limit } = input;
  const visible = visibleThreads({ role: scope.role, userId: scope.principal.userId });
  const among = { AND: [{ workspaceId: scope.workspaceId, projectId, createdById, status }, visible] };
  const asked = searchQuery(input.query);
  if (!asked) {
    const threads = await findThreads(scope, among, { orderBy: { updatedAt: "desc" }, take: limit + 1 });
    return { hits: threads.slice(0, limit).map(unsearched), more: threads.length > limit };
  }
  const ids = await scope.db.prisma.thread.findMany({ where: among, select: { id: true } });
  const rows = await findMatches(
    scope,
    asked,
    ids.map(({ id }) => id),
    limit + 1,
  );
  const best = rows.slice(0, limit);
  const threads = await findThreads(scope, { id: { in: best.map(({ threadId }) => threadId) } });
  const hits = best.flatMap(({ threadId, place, turnId, text, matches }): SearchHit[] => {
    const thread = threads.find(({ id }) => id === threadId);
    return thread ? [{ thread, place, turnId, passage: passageOf(text), matches: Number(matches) }] : [];
  });
  return { hits, more: rows.length > limit };
}

function findMatches(
  scope: WorkspaceScope,
  { all, exact, none }: SearchQuery,
  ids: string[],
  limit: number,
): Promise<Row[]> {
  return scope.db.prisma.$queryRaw<Row[]>`
    WITH query AS (
      SELECT (to_tsquery('english', ${all}) || to_tsquery('simple', ${all}))
          && to_tsquery('simple', ${exact}) && to_tsquery('english', ${none}) && to_tsquery('simple', ${none}) AS q
    ), found AS (
      SELECT t."id" AS "threadId", NULL AS "itemId",
             3 * ts_rank(to_tsvector('english', t."title") || to_tsvector('simple', t."title"), q) AS "rank"
      FROM "Thread" t CROSS JOIN query
      WHERE t."id" = ANY(${ids}) AND (to_tsvector('english', t."title") || to_tsvector('simple', t."title")) @@ q
      UNION ALL
      SELECT i."threadId", i."id", ts_rank(i."search", q, 1)
      FROM "Item" i JOIN "Turn" u ON u."id" = i."turnId" CROSS JOIN query
      WHERE i."threadId" = ANY(${ids}) AND i."search" @@ q AND u."status" <> 'superseded'
    ), best AS (
      SELECT DISTINCT ON ("threadId") *, count("itemId") OVER (PARTITION BY "threadId") AS "matches"
      FROM found ORDER BY "threadId", "rank" DESC
    ), shown AS (
      SELECT * FROM best ORDER BY "rank" DESC, "threadId" DESC LIMIT ${limit}
    )
    SELECT s."threadId", s."matches", i."turnId",
           CASE i."type" WHEN 'userMessage' THEN 'prompt' WHEN 'agentMessage' THEN 'answer' ELSE 'title' END AS "place",
           CASE WHEN i."id" IS NULL THEN ts_headline('simple', t."title", q, ${wholeTitle})
                ELSE ts_headline('simple', left(i."data"->>'text', 50000), q, ${bestPassage}) END AS "text"
    FROM shown s JOIN "Thread" t ON t."id" = s."threadId" LEFT JOIN "Item" i ON i."id" = s."itemId" CROSS JOIN query
    ORDER BY s."rank" DESC, s."threadId" DESC`;
}

function passageOf(text: string): SearchHit["passage"] {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .split(marked)
    .map((part, index) => ({ text: part, match: index % 2 === 1 }))
    .filter((part) => part.text !== "");
}

function unsearched(thread: ThreadView): SearchHit {
  return { thread, place: "title", turnId: null, passage: [{ text: thread.title, match: false }], matches: 0 };
}
