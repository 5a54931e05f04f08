import { describe, expect, it } from "vitest";
import { cleanCommitMessage, commitMessageMessages } from "./commit-message.ts";
import { systemPrompt } from "./system.ts";
import { cleanTitle, titleMessages } from "./title.ts";

describe("systemPrompt", () => {
  const input = { projectName: "Basket", branch: "heddle/fix", allowedHosts: [], agentsMd: null };

  it("names project and branch and leaves out missing instructions", () => {
    expect(systemPrompt(input)).toContain('"Basket"');
    expect(systemPrompt(input)).toContain('"heddle/fix"');
    expect(systemPrompt(input)).not.toContain("project_instructions");
  });

  it("takes in AGENTS.md and cuts one that is very long", () => {
    expect(systemPrompt({ ...input, agentsMd: "Run npm test.\n" })).toContain(
      "<project_instructions>\nRun npm test.\n",
    );
    expect(systemPrompt({ ...input, agentsMd: "x".repeat(100_000) })).toMatch(/cut here: read AGENTS.md/);
  });

  it("tells what commands can reach", () => {
    expect(systemPrompt(input)).toContain("without network access");
    const allowedHosts = ["a.test", "*.b.test:8443"];
    expect(systemPrompt({ ...input, allowedHosts })).toContain(
      "reaches these hosts only, by HTTP and HTTPS: a.test, *.b.test:8443.",
    );
  });

  it("keeps odd names in one line", () => {
    expect(systemPrompt({ ...input, projectName: "a\nb\0" })).toContain('"a b"');
  });
});

describe("title", () => {
  it("asks with the prompt, cut when long", () => {
    const [, user] = titleMessages(`fix ${"x".repeat(10_000)}`);
    expect(user?.content.length).toBeLessThan(5_000);
  });

  it.each([
    ['"Fix the basket test."', "Fix the basket test"],
    ["# Title: Rename parseCsv\n\nBecause …", "Rename parseCsv"],
    ["<think>hm\nso</think>\n**Add a readme section**", "Add a readme section"],
    ["\n\n", null],
    ["", null],
  ])("cleans %j", (answer, title) => {
    expect(cleanTitle(answer)).toBe(title);
  });

  it("shortens at a word", () => {
    expect(cleanTitle("word ".repeat(40))).toMatch(/^(word )+word…$/);
    expect(cleanTitle("word ".repeat(40))?.length).toBeLessThanOrEqual(60);
  });
});

describe("commit message", () => {
  it("asks with prompts, files and the beginning of the patch", () => {
    const [, user] = commitMessageMessages({
      diffStat: " a.txt | 1 +",
      patch: "+".repeat(100_000),
      prompts: ["add\na"],
    });
    expect(user?.content).toContain("- add a\n\nFiles:\n a.txt | 1 +");
    expect(user?.content.length).toBeLessThan(30_000);
  });

  it.each([
    ["Add a.txt.", "Add a.txt"],
    ["```\nAdd a.txt\n\nBecause it was missing.\n```", "Add a.txt\n\nBecause it was missing."],
    ["Add a.txt\nRight below.", "Add a.txt\n\nRight below."],
    ["Add a.txt\n\nCo-authored-by: Nobody <n@example.com>", "Add a.txt"],
    ["```\n```", null],
  ])("cleans %j", (answer, message) => {
    expect(cleanCommitMessage(answer)).toBe(message);
  });

  it("splits a subject that is too long", () => {
    const message = cleanCommitMessage("change ".repeat(30));
    expect(message?.split("\n")[0]?.length).toBeLessThanOrEqual(72);
    expect(message).toMatch(/…\n\n…change/);
  });
});
