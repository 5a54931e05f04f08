import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createSecretBox } from "./secrets.ts";

const key = () => randomBytes(32).toString("base64");
const context = { workspaceId: "w", model: "provider" as const, id: "p" };

test("a sealed value opens for its own row only", () => {
  const box = createSecretBox([key()]);
  const envelope = box.seal(context, "sk-secret");
  expect(envelope).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/);
  expect(envelope).not.toContain("sk-secret");
  expect(box.open(context, envelope)).toBe("sk-secret");
  expect(() => box.open({ ...context, id: "other" }, envelope)).toThrow();
  expect(() => box.open({ ...context, workspaceId: "other" }, envelope)).toThrow();
});

test("a changed byte does not open", () => {
  const box = createSecretBox([key()]);
  const envelope = box.seal(context, "sk-secret");
  const at = envelope.length - 4;
  const other = envelope[at] === "A" ? "B" : "A";
  expect(() => box.open(context, `${envelope.slice(0, at)}${other}${envelope.slice(at + 1)}`)).toThrow();
});

test("rotation wraps the data key anew; the old key can then go", () => {
  const [old, fresh] = [key(), key()];
  const envelope = createSecretBox([old]).seal(context, "sk-secret");
  const both = createSecretBox([fresh, old]);
  expect(both.open(context, envelope)).toBe("sk-secret");
  const rotated = both.rewrap(context, envelope);
  expect(rotated.split(".")[3]).toBe(envelope.split(".")[3]);
  expect(createSecretBox([fresh]).open(context, rotated)).toBe("sk-secret");
  expect(() => createSecretBox([fresh]).open(context, envelope)).toThrow();
});

test("a key of the wrong size is refused", () => {
  expect(() => createSecretBox(["c2hvcnQ="])).toThrow("32 bytes");
  expect(() => createSecretBox([])).toThrow("at least one");
});
