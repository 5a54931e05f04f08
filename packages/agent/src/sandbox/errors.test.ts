import { describe, expect, it } from "vitest";
import { explainStart } from "./errors.ts";

describe("why a sandbox does not start", () => {
  it.each([
    ["bwrap: Unknown option --disable-userns", "too old"],
    [
      "bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces.",
      "user namespaces",
    ],
    ["bwrap: Creating new namespace failed: No space left on device", "user namespaces"],
    ["bwrap: setting up uid map: Permission denied", "user namespaces"],
    ["unshare: unshare failed: Operation not permitted", "CAP_SYS_ADMIN"],
    ["mount: /mnt: permission denied.", "CAP_SYS_ADMIN"],
    ["bwrap: execvp /usr/bin/perl: No such file or directory", "perl is not installed"],
    ["bwrap: Can't find source path /x: No such file", "Can't find source path /x"],
    ["", "without a word"],
  ])("%s", (printed, sentence) => {
    expect(explainStart(printed).message).toContain(sentence);
  });
});
