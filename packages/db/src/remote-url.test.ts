import { describe, expect, test } from "vitest";
import type { AppError } from "./errors.ts";
import { parseRemoteUrl } from "./remote-url.ts";

const codeOf = (text: string) => {
  try {
    return parseRemoteUrl(text);
  } catch (error) {
    return (error as AppError).code;
  }
};

describe("an address of a repository", () => {
  test.each([
    ["https://Example.COM/ada/shop.git", "https://example.com/ada/shop.git"],
    ["  https://example.com:443/shop ", "https://example.com/shop"],
    ["https://example.com:8443/shop", "https://example.com:8443/shop"],
    ["https://[2001:db8::1]/shop", "https://[2001:db8::1]/shop"],
    ["https://2130706433/shop", "https://127.0.0.1/shop"],
    ["https://0x7f.1/shop", "https://127.0.0.1/shop"],
    ["ssh://git@Example.com/ada/shop.git", "ssh://git@example.com/ada/shop.git"],
    ["ssh://example.com:2222/~ada/shop", "ssh://git@example.com:2222/~ada/shop"],
    ["git@example.com:ada/shop.git", "git@example.com:ada/shop.git"],
    ["example.com:shop", "git@example.com:shop"],
    ["deploy@[::1]:shop", "deploy@[::1]:shop"],
    ["https://example.com/a%20b.git", "https://example.com/a%20b.git"],
  ])("%s is taken as %s", (given, text) => {
    expect(parseRemoteUrl(given)).toMatchObject({ text });
  });

  test("is taken apart", () => {
    expect(parseRemoteUrl("git@example.com:ada/shop.git")).toMatchObject({
      scheme: "ssh",
      user: "git",
      host: "example.com",
      port: 22,
      path: "ada/shop.git",
    });
    expect(parseRemoteUrl("file:///srv/my%20repo.git")).toEqual({ scheme: "file", path: "/srv/my repo.git" });
  });

  test.each([
    "https://ada:secret@example.com/shop",
    "https://token@example.com/shop",
    "https://@example.com/shop",
    "ssh://git:secret@example.com/shop",
    "git:secret@example.com:shop",
  ])("%s holds credentials", (text) => {
    expect(codeOf(text)).toBe("URL_HAS_CREDENTIALS");
  });

  test.each([
    "http://example.com/shop",
    "git://example.com/shop",
    "ftp://example.com/shop",
    "ext::sh -c touch% /tmp/x".replaceAll(" ", "%20"),
    "fd::17/shop",
    "git-remote-x::https://example.com/shop",
    "javascript://example.com/shop",
    "git+ssh://example.com/shop",
  ])("%s is another protocol", (text) => {
    expect(codeOf(text)).toBe("URL_SCHEME_NOT_ALLOWED");
  });

  test.each([
    "",
    "shop",
    "/srv/shop",
    "-oProxyCommand=x:shop",
    "ssh://-oProxyCommand=x/shop",
    "ssh://-u@example.com/shop",
    "-u@example.com:shop",
    "git@example.com:-shop",
    "git@example.com:",
    "https://example.com",
    "https://example.com/",
    "https:///shop",
    "https://exa mple.com/shop",
    "https://example.com/shop\nx",
    "https://example.com/shop\0",
    "https://example.com/shop%0aHost:x",
    "https://example.com/%zz",
    "https://example.com/shop?private_token=x",
    "https://example.com/shop#x",
    "https://example.com:0/shop",
    "https://example.com:99999/shop",
    "https://exämple.com/shop",
    "https://exa%6dple.com/shop",
    "https://[::1/shop",
    "ssh://git@example.com/sh'op",
    "file://host/share",
    `https://example.com/${"x".repeat(2_000)}`,
  ])("%j is refused", (text) => {
    expect(codeOf(text)).toBe("URL_NOT_VALID");
  });
});
