import { expect, test } from "vitest";
import { includedNotice } from "./included-notice.ts";

const paths = (count: number) => Array.from({ length: count }, (_, index) => `f${index}`);

test("tells what was copied, by name as far as that helps", () => {
  expect(includedNotice({ from: "source", copied: [".env"], left: [] })).toBe(
    "Copied a file that git ignores from the project's folder: .env.",
  );
  expect(includedNotice({ from: "source", copied: paths(7), left: [] })).toBe(
    "Copied 7 files that git ignores from the project's folder: f0, f1, f2, f3, f4 and 2 more.",
  );
});

test("tells what was left out, and why", () => {
  const left = [
    { path: "a", why: "large" as const },
    { path: "b", why: "link" as const },
    { path: Buffer.from("ü\0").toString("latin1"), why: "large" as const },
  ];
  expect(includedNotice({ from: "source", copied: [], left })).toBe(
    "Left out: b (symbolic links are not followed). Left out: a, ü (100 MB and 10,000 files are copied at most).",
  );
});

test("is silent when there is nothing to tell", () => {
  expect(includedNotice({ from: "source", copied: [], left: [] })).toBeNull();
});

test("tells when there was nothing to copy from", () => {
  expect(includedNotice({ from: "nowhere", why: "gone" })).toContain("is not on this host");
  expect(includedNotice({ from: "nowhere", why: "bare" })).toContain("has no files checked out");
});
