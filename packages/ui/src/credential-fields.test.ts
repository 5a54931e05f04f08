import { expect, test } from "vitest";
import { firstCredential, schemeOf } from "./credential-fields.tsx";

test.each([
  ["https://example.com/shop.git", "https"],
  [" HTTPS://example.com/shop ", "https"],
  ["ssh://git@example.com/shop", "ssh"],
  ["git@example.com:shop.git", "ssh"],
  ["example.com:shop", "ssh"],
  ["http://example.com/shop", null],
  ["ext::sh -c x", null],
  ["/srv/shop", null],
  ["", null],
])("%j asks for the credential of %s", (address, scheme) => {
  expect(schemeOf(address)).toBe(scheme);
});

test("an ssh address gets a key of its own unless a person chooses otherwise", () => {
  expect(firstCredential("ssh")).toEqual({ kind: "newKey" });
  expect(firstCredential("https")).toEqual({ kind: "none" });
});
