import { describe, expect, it } from "vitest";
import { listAllows, parseAuthority, parseUrl } from "./hosts.ts";

const allows = (entries: string[], place: string) => {
  const target = parseAuthority(place);
  return target !== null && listAllows(entries, target);
};

describe("listAllows", () => {
  it.each([
    ["example.test", "example.test:443"],
    ["example.test", "example.test:80"],
    ["Example.TEST.", "example.test:443"],
    ["example.test", "EXAMPLE.test.:443"],
    ["example.test:8443", "example.test:8443"],
    ["*.example.test", "a.example.test:443"],
    ["*.example.test", "a.b.example.test:443"],
    ["*.example.test:22", "a.example.test:22"],
    ["bücher.example", "xn--bcher-kva.example:443"],
    ["xn--bcher-kva.example", "bücher.example:443"],
    ["*.BÜCHER.example", "a.xn--bcher-kva.example:443"],
    ["under_score.test", "under_score.test:443"],
  ])("%s allows %s", (entry, place) => expect(allows([entry], place)).toBe(true));

  it.each([
    ["example.test", "a.example.test:443"],
    ["example.test", "example.test:22"],
    ["example.test:8443", "example.test:443"],
    ["*.example.test", "example.test:443"],
    ["*.example.test", "badexample.test:443"],
    ["*.example.test", ".example.test:443"],
    ["example.test", "example.test.evil.test:443"],
    ["example.test", "example.test..:443"],
    ["*", "example.test:443"],
    ["*.*", "example.test:443"],
    ["a*.test", "ab.test:443"],
    ["127.0.0.1", "127.0.0.1:443"],
    ["0x7f.1", "127.0.0.1:443"],
    ["[::1]", "[::1]:443"],
    ["", "example.test:443"],
    ["example.test:99999", "example.test:443"],
  ])("%s does not allow %s", (entry, place) => expect(allows([entry], place)).toBe(false));

  it("allows nothing when empty", () => expect(allows([], "example.test:443")).toBe(false));
});

describe("parseAuthority", () => {
  it.each([
    "127.0.0.1:80",
    "127.1:80",
    "2130706433:80",
    "0177.0.0.1:80",
    "0x7f000001:80",
    "0x7f.0.0.1:80",
    "127.0.0.1.:80",
    "１２７.0.0.1:80",
    "1.2.3.4.5:80",
    "999.999.999.999:80",
    "name.123:80",
    "[::1]:80",
    "[::ffff:127.0.0.1]:80",
    "[fe80::1%25eth0]:80",
    "[fd00:ec2::254]:80",
    "[]:80",
  ])("takes %s for an address", (text) => expect(parseAuthority(text)).toMatchObject({ literal: true }));

  it.each([
    "example.test",
    "example.test:",
    "example.test:0",
    "example.test:65536",
    "example.test:443:443",
    "::1:80",
    "user@example.test:443",
    "example%2etest:443",
    "example.test/x:443",
    "exam ple.test:443",
    "exam\tple.test:443",
    "-a.test:443",
    "a..b:443",
    `${"a".repeat(64)}.test:443`,
    `${"a.".repeat(130)}test:443`,
    ":443",
    "",
  ])("refuses %j", (text) => expect(parseAuthority(text)).toBe(null));

  it("shows a strange address without what would break a line", () => {
    expect(parseAuthority("[::1\r\nx: y]:80")?.host).toBe("[::1??x:?y]");
  });
});

describe("parseUrl", () => {
  it("reads host, port and path, without user, password and fragment", () => {
    expect(parseUrl("http://user:secret@Example.test:8080/a%20b?c=d#e")).toEqual({
      host: "example.test",
      port: 8080,
      literal: false,
      path: "/a%20b?c=d",
    });
    expect(parseUrl("http://example.test")).toMatchObject({ port: 80, path: "/" });
  });

  it.each(["http://0x7f.1/", "http://2130706433/", "http://[::1]/", "http://127.0.0.1:80/", "http://1%32%37.1/"])(
    "takes %s for an address",
    (text) => expect(parseUrl(text)).toMatchObject({ literal: true }),
  );

  it.each(["/path", "https://example.test/", "ftp://example.test/", "http://", "*", "file:///etc/passwd"])(
    "refuses %s",
    (text) => expect(parseUrl(text)).toBe(null),
  );
});
