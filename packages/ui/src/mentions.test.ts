import { expect, test } from "vitest";
import { matchPeople, mentionQuery, mentionsIn, splitMentions } from "./mentions.ts";

const ann = { id: "1", name: "Ann" };
const anna = { id: "2", name: "Anna Lee" };
const people = [ann, anna];

test("a text is cut at the names that it mentions", () => {
  expect(splitMentions("Hi @Anna Lee, and @Ann!", people)).toEqual([
    { text: "Hi " },
    { text: "@Anna Lee", person: anna },
    { text: ", and " },
    { text: "@Ann", person: ann },
    { text: "!" },
  ]);
  expect(mentionsIn("@Ann", people)).toEqual([ann]);
});

test("neither an address nor a longer word is a mention", () => {
  for (const text of ["me@Ann", "@Anne", "@ann", "@ Ann", ""]) expect(mentionsIn(text, people)).toEqual([]);
});

test("a name is looked for from its @ to the caret", () => {
  expect(mentionQuery("ask @an and", 7)).toEqual({ from: 4, query: "an" });
  expect(mentionQuery("@", 1)).toEqual({ from: 0, query: "" });
  for (const text of ["mail me@an", "@an ", "an"]) expect(mentionQuery(text, text.length)).toBeNull();
});

test("any word of a name may begin like it", () => {
  expect(matchPeople(people, "le")).toEqual([anna]);
  expect(matchPeople(people, "ANN")).toEqual(people);
  expect(matchPeople(people, "x")).toEqual([]);
});
