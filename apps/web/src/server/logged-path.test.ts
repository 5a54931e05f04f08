import { expect, test } from "vitest";
import { loggedPath } from "./logged-path.ts";

test.each([
  ["/join/abc", "/join/…"],
  ["//join/abc/def", "//join/…"],
  ["/Reset/abc", "/Reset/…"],
  ["/join", "/join"],
  ["/threads/join/abc", "/threads/join/abc"],
])("%s is logged as %s", (path, logged) => {
  expect(loggedPath(path)).toBe(logged);
});
