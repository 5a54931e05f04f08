import { describe, expect, it } from "vitest";
import { matchBinding } from "./shortcuts.ts";

const press = (key: string, at = 0, mod = false) => ({ key, at, mod });

describe("matchBinding", () => {
  const bindings = ["?", "t", "g t", "mod+k"];
  it("prefers the longer sequence", () => expect(matchBinding([press("g", 0), press("t", 200)], bindings)).toBe("g t"));
  it("starts over after a pause", () => expect(matchBinding([press("g", 0), press("t", 5000)], bindings)).toBe("t"));
  it("tells modified keys apart", () => {
    expect(matchBinding([press("k", 0, true)], bindings)).toBe("mod+k");
    expect(matchBinding([press("k")], bindings)).toBeNull();
  });
});
