import { expect, it } from "vitest";
import { type Intent, readIntent } from "./intents.ts";

it.each<[string, Intent]>([
  ["Create hello.txt with Hello, world!", { type: "createFile", path: "hello.txt", content: "Hello, world!" }],
  ["create a file called docs/a.md", { type: "createFile", path: "docs/a.md", content: null }],
  [
    "Please add a new file src/a.ts containing `export {};`",
    { type: "createFile", path: "src/a.ts", content: "export {};" },
  ],
  ['Add a file hello.txt that says "Hi there."', { type: "createFile", path: "hello.txt", content: "Hi there." }],
  [
    "Write a file x.py with:\n```python\nprint(1)\n```\nThanks",
    { type: "createFile", path: "x.py", content: "print(1)\n" },
  ],
  ["create .gitignore with the text dist", { type: "createFile", path: ".gitignore", content: "dist" }],
  ["Append the line 'done' to log.txt", { type: "appendToFile", path: "log.txt", text: "done" }],
  ['add "one more" to the end of docs/list.md.', { type: "appendToFile", path: "docs/list.md", text: "one more" }],
  ["Replace foo with bar in a.txt", { type: "replaceInFile", path: "a.txt", oldText: "foo", newText: "bar" }],
  [
    "change `a b` to `c d` in the file x/y.js",
    { type: "replaceInFile", path: "x/y.js", oldText: "a b", newText: "c d" },
  ],
  ["rename foo to bar", { type: "renameSymbol", from: "foo", to: "bar" }],
  [
    "Please rename the function `getUser()` into `loadUser()` everywhere",
    { type: "renameSymbol", from: "getUser", to: "loadUser" },
  ],
  ["rename a.txt to b/c.txt", { type: "renameFile", from: "a.txt", to: "b/c.txt" }],
  ["delete the file a.txt", { type: "deleteFile", path: "a.txt" }],
  ["run the tests", { type: "runTests", fix: false }],
  ["Run the tests and fix what fails", { type: "runTests", fix: true }],
  ["Make the tests pass", { type: "runTests", fix: true }],
  ["fix the bug in the discount", { type: "runTests", fix: true }],
  ["Run `ls -la`", { type: "runCommand", command: "ls -la" }],
  ["Add a README section about installation", { type: "readmeSection", title: "Installation", text: null }],
  [
    'Add a section "How to pay" to the README: In cash.',
    { type: "readmeSection", title: "How to pay", text: "In cash" },
  ],
  ["Add a usage section to the readme", { type: "readmeSection", title: "Usage", text: null }],
  ["Now change the text to goodbye", { type: "rewriteLastFile", content: "goodbye" }],
  ["Summarize this repository", { type: "summarise" }],
  ["Hello?", { type: "note" }],
  ["", { type: "note" }],
])("understands %j", (prompt, intent) => {
  expect(readIntent(prompt)).toEqual(intent);
});
