import { expect, it } from "vitest";
import { sortThreads } from "./sort-threads.ts";

it("puts waiting threads first, archived last, the rest by recency", () => {
  const threads = [
    { id: "old", status: "idle" as const, updatedAt: 1 },
    { id: "archived", status: "archived" as const, updatedAt: 9 },
    { id: "new", status: "failed" as const, updatedAt: "1970-01-01T00:00:01Z" },
    { id: "waiting", status: "waiting" as const, updatedAt: 0 },
  ];
  expect(sortThreads(threads).map((thread) => thread.id)).toEqual(["waiting", "new", "old", "archived"]);
});
