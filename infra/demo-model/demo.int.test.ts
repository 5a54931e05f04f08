import { runToolCall } from "@heddle/agent/orchestrator";
import { createSandboxHome, type SandboxHome, shell } from "@heddle/agent/sandbox/testing/sandbox-home";
import type { Sandbox } from "@heddle/agent/sandbox/types";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sampleFiles } from "../src/sample-files.ts";
import { createDemoModel, type DemoModel } from "./server.ts";
import { startConversation } from "./testing/conversation.ts";

let model: DemoModel;
let home: SandboxHome;
let sandbox: Sandbox;
let say: ReturnType<typeof startConversation>;
let threads = 0;

beforeAll(async () => {
  model = await createDemoModel({ port: 0, chunkDelayMs: 0 });
  home = await createSandboxHome();
});
afterAll(async () => {
  await model.close();
  await home.dispose();
});

beforeEach(async () => {
  sandbox = await home.open(`demo-${++threads}`);
  await write(sampleFiles);
  say = startConversation(model.baseUrl, sandbox);
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const call = { id: "w", name: "write_file", arguments: JSON.stringify({ path, content }) };
    expect(await runToolCall(call, { sandbox })).toMatchObject({ status: "completed" });
  }
}

async function read(path: string): Promise<string> {
  const { exitCode, stdout } = await shell(sandbox, `cat -- '${path}'`);
  return exitCode === 0 ? stdout : "(no such file)";
}

describe("the demo model", { timeout: 60_000 }, () => {
  it("says what it is, once in a thread", async () => {
    const first = await say("Create hello.txt with Hello, world!");
    expect(first.texts[0]).toContain("scripted demo model: no AI");
    const second = await say("Summarise the repository");
    expect(second.texts.join()).not.toContain("no AI");
  });

  it("creates a file and understands a follow-up about it", async () => {
    await say("Create notes/hello.txt with Hello, world!");
    expect(await read("notes/hello.txt")).toBe("Hello, world!\n");
    await say("Change it to say 'Good evening'");
    expect(await read("notes/hello.txt")).toBe("Good evening\n");
  });

  it("appends, replaces, renames and deletes", async () => {
    await say("Append 'Pay at the door.' to README.md");
    expect(await read("README.md")).toMatch(/\nPay at the door\.\n$/);
    await say('Replace "Pay at the door." with "It\'s $1 & free" in README.md');
    expect(await read("README.md")).toMatch(/\nIt's \$1 & free\n$/);
    await say("Rename README.md to docs/ABOUT.md");
    expect(await read("docs/ABOUT.md")).toMatch(/^# Basket/);
    await say("Delete docs/ABOUT.md");
    expect(await read("docs/ABOUT.md")).toBe("(no such file)");
  });

  it("renames a symbol as a whole word in every file", async () => {
    const { final } = await say("Rename the function subtotal to netTotal");
    expect(await read("src/price.js")).toContain("export function netTotal(basket)");
    expect(await read("src/receipt.js")).toContain("netTotal(basket))");
    expect(await read("src/receipt.js")).toContain('line("Subtotal"');
    expect(await read("test/price.test.js")).not.toMatch(/\bsubtotal\(/);
    expect(final).toContain("`src/receipt.js`");
  });

  it("runs the tests, finds the sample project's bug and fixes it at the first try", async () => {
    const report = await say("Run the tests");
    expect(report.final).toContain("five items bring five percent");
    const { final, calls } = await say("Fix the failing test");
    expect(await read("src/price.js")).toContain("itemCount >= from");
    expect(final).toContain("all tests pass");
    expect(calls.filter((call) => call.name === "edit_file")).toHaveLength(1);
    expect((await say("Run the tests again")).final).toContain("All tests pass");
  });

  it("finds another bug, undoing what did not help", async () => {
    const wrong = sampleFiles["src/basket.js"]?.replace("item.name !== name", "item.name === name") ?? "";
    const fixed = sampleFiles["src/price.js"]?.replace("itemCount > from", "itemCount >= from") ?? "";
    await write({ "src/basket.js": wrong, "src/price.js": fixed });
    const { final, calls } = await say("Please make the tests pass");
    expect(final).toContain("all tests pass");
    expect(await read("src/basket.js")).toBe(sampleFiles["src/basket.js"]);
    expect(calls.filter((call) => call.name === "edit_file").length).toBeGreaterThan(1);
  });

  it("leaves the files alone when it finds no fix", async () => {
    await write({ "src/basket.js": "export const addItem = 1, countItems = 2, removeItem = 3;\n" });
    const before = await read("src/basket.js");
    const { final } = await say("Fix the tests");
    expect(final).toMatch(/could not find/);
    expect(await read("src/basket.js")).toBe(before);
  });

  it("adds a readme section once", async () => {
    await say("Add a section about testing to the README");
    expect(await read("README.md")).toMatch(/## Testing\n\nRun the tests:\n\n```sh\nnpm test\n```\n$/);
    expect((await say("Add a section about testing to the README")).final).toContain("already has");
  });

  it("summarises the repository", async () => {
    const { final } = await say("What does this project do?");
    expect(final).toContain("A shopping list that knows what it costs.");
    expect(final).toContain("| `src/` | 4 |");
  });

  it("writes a note for anything else, and adds to it", async () => {
    await say("Make me a sandwich, it's lunch time");
    await say("And a coffee");
    expect(await read("NOTES.md")).toMatch(
      /^# Notes\n\n## Make me a sandwich, it's lunch time[\s\S]*\n## And a coffee/,
    );
  });

  it("runs a command", async () => {
    expect((await say("Run `echo one; exit 3`")).final).toMatch(/exit code 3[\s\S]*one/);
  });
});
