import { expect, it } from "vitest";
import { hostEntry, isListed } from "./allowed-hosts.ts";

it("writes a host with its port where it is none of the web's", () => {
  expect([hostEntry("a.test", 443), hostEntry("a.test", 80), hostEntry("a.test", 8080)]).toEqual([
    "a.test",
    "a.test",
    "a.test:8080",
  ]);
});

it.each([
  [["a.test"], "a.test", 443, true],
  [["a.test"], "a.test", 8080, false],
  [["a.test:8080"], "a.test", 8080, true],
  [["a.test:8080"], "a.test", 443, false],
  [["*.a.test"], "b.a.test", 80, true],
  [["*.a.test"], "a.test", 80, false],
  [["*.a.test"], "ba.test", 80, false],
  [[], "a.test", 443, false],
])("finds in %j whether %s:%i is there: %s", (list, host, port, listed) => {
  expect(isListed(list, host, port)).toBe(listed);
});
