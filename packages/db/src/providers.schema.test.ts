import { expect, test } from "vitest";
import { createProviderInput } from "./providers.schema.ts";

const good = { name: "mine", kind: "openai-chat", baseUrl: "https://models.example/v1", models: [{ id: "m" }] };
const accepts = (change: object) => createProviderInput.safeParse({ ...good, ...change }).success;

test("a key and an address as providers give them are accepted", () => {
  expect(accepts({ apiKey: " sk-proj-Ab_1.2/3+4= " })).toBe(true);
  expect(accepts({ baseUrl: "http://127.0.0.1:8080" })).toBe(true);
  expect(accepts({ models: [{ id: "org/model 7b:free" }] })).toBe(true);
});

test("a key that no header can carry is refused: libraries repeat it in their errors", () => {
  for (const apiKey of ["sk-one\nsk-two", "sk-•••", "sk one"]) expect(accepts({ apiKey })).toBe(false);
});

test("an address with a password in it is refused: every member reads addresses", () => {
  for (const baseUrl of ["https://user:secret@models.example/v1", "https://secret@models.example"]) {
    expect(accepts({ baseUrl })).toBe(false);
  }
});

test("a model's name is one line: it becomes a trailer of commits", () => {
  expect(accepts({ models: [{ id: "m\nSigned-off-by: someone" }] })).toBe(false);
});
