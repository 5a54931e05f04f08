import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProject, type TestProject, type TestThread } from "./git/testing/project.ts";
import { prepareWorktree } from "./git/worktree.ts";
import { describeCall, runToolCall, type ToolCallContext, toolSpecs } from "./orchestrator.ts";
import type { Sandbox } from "./sandbox/types.ts";

describe("tool calls", () => {
  let project: TestProject;
  let thread: TestThread;

  beforeAll(async () => {
    project = await createProject({
      "README.md": "# Sample\n",
      ".gitignore": "*.log\n",
      "src/a.ts": "export const a = 1;\nexport const b = 2;\n",
      "bin/run.sh": "#!/bin/sh\necho run\n",
    });
    thread = await project.open("t");
    const baseCommit = (await project.store.resolve("main")) ?? "";
    await prepareWorktree(thread.sandbox, project.store, { threadId: "t", branch: "heddle/t", baseCommit });
  });
  afterAll(() => project.close());

  const run = (name: string, input: unknown, context: Partial<ToolCallContext> = {}) => {
    const text = typeof input === "string" ? input : JSON.stringify(input);
    return runToolCall({ id: "1", name, arguments: text }, { sandbox: thread.sandbox, ...context });
  };
  const content = (path: string) => readFile(join(thread.tree, path), "utf8");

  it("offers six tools as JSON schemas", () => {
    const specs = toolSpecs();
    expect(specs.map(({ name }) => name)).toEqual([
      "shell",
      "read_file",
      "write_file",
      "edit_file",
      "list_files",
      "search_files",
    ]);
    for (const { parameters, description } of specs) {
      expect(parameters).toMatchObject({ type: "object", additionalProperties: false });
      expect(parameters).not.toHaveProperty("$schema");
      expect(description.length).toBeGreaterThan(40);
    }
    expect(specs[0]?.parameters).toMatchObject({ required: ["command"] });
  });

  describe("the door", () => {
    it.each([
      ["shell", "{", /not valid JSON/],
      ["shell", "", /do not fit/],
      ["shell", "[]", /do not fit/],
      ["shell", "null", /do not fit/],
      ["shell", '{"command":1}', /command/],
      ["shell", '{"command":"a\\u0000b"}', /NUL/],
      ["shell", '{"command":"x","unknown":1}', /unknown/],
      ["read_file", '{"path":"a\\u0000b"}', /NUL/],
      ["read_file", '{"path":"README.md","offset":0}', /offset/],
      ["rm_rf", "{}", /There is no tool "rm_rf"/],
      ["\u0000\ud800", "\u0000\ud800", /There is no tool/],
    ])("answers %s %s with a sentence", async (name, input, sentence) => {
      const outcome = await run(name, input);
      expect(outcome).toMatchObject({ status: "failed", item: { type: "toolCall" } });
      expect(outcome.forModel).toMatch(sentence);
      expect(JSON.stringify(outcome)).not.toMatch(/(?<!\\)\\(u0000|ud800)/);
      expect(describeCall({ id: "1", name, arguments: input }).type).toBe("toolCall");
    });

    it("runs nothing when the policy says no, asks, or fails, or without a sandbox", async () => {
      const command = { command: "touch /workspace/ran" };
      const deny = await run("shell", command, { policy: () => ({ kind: "deny", reason: "not today." }) });
      expect(deny).toMatchObject({ status: "declined", forModel: "This was not run: not today." });
      const ask = await run("shell", command, { policy: () => ({ kind: "ask", reason: "a person must agree." }) });
      expect(ask.status).toBe("declined");
      const broken = () => {
        throw new Error("database gone");
      };
      expect((await run("shell", command, { policy: broken })).status).toBe("declined");
      expect((await run("shell", command, { sandbox: null })).status).toBe("declined");
      expect((await run("shell", command, { signal: AbortSignal.abort() })).status).toBe("interrupted");
      expect((await thread.sh("ls")).text).not.toContain("ran");
    });

    it("describes a call before it runs", () => {
      const call = (name: string, input: unknown) => ({ id: "1", name, arguments: JSON.stringify(input) });
      expect(describeCall(call("shell", { command: "ls" }))).toMatchObject({ type: "commandExecution", command: "ls" });
      expect(describeCall(call("write_file", { path: "x", content: "" }))).toMatchObject({
        type: "fileChange",
        changes: [{ path: "x" }],
      });
      expect(describeCall(call("list_files", {}))).toEqual({
        type: "toolCall",
        name: "list_files",
        input: {},
        result: "",
      });
    });

    it("calls a lost sandbox's effect unknown", async () => {
      const sandboxes = await project.open("lost");
      const outcome = run(
        "shell",
        { command: "echo begun; sleep 60" },
        {
          sandbox: sandboxes.sandbox,
          onOutput: () => void sandboxes.sandbox.close(),
        },
      );
      expect(await outcome).toMatchObject({ status: "interrupted" });
    });

    it("passes the caller's own failures on", async () => {
      const sandbox = { ...thread.sandbox, exec: () => Promise.reject(new Error("bug")) } as Sandbox;
      await expect(run("shell", { command: "ls" }, { sandbox })).rejects.toThrow("bug");
    });
  });

  describe("shell", () => {
    it("returns output, exit code and time", async () => {
      const outcome = await run("shell", { command: "echo out; echo err >&2; pwd; exit 3" });
      expect(outcome.status).toBe("failed");
      expect(outcome.forModel).toMatch(/\/workspace\n[\s\S]*\[exit code 3, \d+\.\d s\]$/);
      expect(outcome.item).toMatchObject({ type: "commandExecution", exitCode: 3, outputBytes: 19 });
      expect((await run("shell", { command: "true" })).forModel).toMatch(/^\(no output\)\n\[exit code 0/);
    });

    it("hands over every byte of 100 MB, and shows the model and people both ends", async () => {
      let bytes = 0;
      const onOutput = (chunk: Buffer) => {
        bytes += chunk.length;
      };
      const command = "echo first; head -c 100000000 /dev/zero | tr '\\0' 'x'; echo; echo last";
      const outcome = await run("shell", { command }, { onOutput });
      expect(bytes).toBe(100_000_012);
      expect(outcome.forModel.length).toBeLessThan(17_000);
      expect(outcome.forModel).toMatch(/^first\nx+\n\[… \d+ bytes left out …\]\nx+\nlast\n\[exit code 0/);
      expect(outcome.item).toMatchObject({ outputBytes: 100_000_012 });
      const output = outcome.item.type === "commandExecution" ? outcome.item.output : "";
      expect(output.length).toBeLessThanOrEqual(64 * 1024);
      expect(output.endsWith("x\nlast\n")).toBe(true);
    });

    it("survives binary output", async () => {
      const { forModel, item } = await run("shell", {
        command: String.raw`printf 'a\0b\xff\xed\xa0\x80c'; head -c 5000 /dev/urandom`,
      });
      expect(forModel).not.toContain("\0");
      expect(JSON.stringify({ forModel, item })).not.toMatch(/\\ud[89ab]../);
    });

    it("kills what takes too long, and what is interrupted", async () => {
      const slow = await run("shell", { command: "echo begun; sleep 60", timeout_seconds: 0.3 });
      expect(slow).toMatchObject({ status: "failed", item: { exitCode: null, output: "begun\n" } });
      expect(slow.item).toMatchObject({ note: expect.stringMatching(/^Timed out after 0.3 s/) });
      expect(slow.forModel).toMatch(/timed out after 0.3 s/);
      const capped = await run(
        "shell",
        { command: "sleep 60", timeout_seconds: 1e9 },
        { limits: { maxCommandTimeoutMs: 200 } },
      );
      expect(capped.forModel).toMatch(/timed out after 0.2 s/);
      const interrupt = new AbortController();
      const cut = await run(
        "shell",
        { command: "echo begun; sleep 60" },
        { signal: interrupt.signal, onOutput: () => interrupt.abort() },
      );
      expect(cut).toMatchObject({ status: "interrupted", item: { output: "begun\n" } });
    });

    it("refuses a command that no program could be given", async () => {
      expect(await run("shell", { command: `echo ${"x".repeat(200_000)}` })).toMatchObject({ status: "failed" });
    });
  });

  describe("read_file", () => {
    it("numbers lines and goes on where told", async () => {
      expect((await run("read_file", { path: "src/a.ts" })).forModel).toBe(
        "1\texport const a = 1;\n2\texport const b = 2;",
      );
      expect((await run("read_file", { path: "/workspace/src/../README.md" })).forModel).toBe("1\t# Sample");
      await thread.sh("seq 1 100000 > many.txt; : > empty.txt; head -c 100000 /dev/zero | tr '\\0' y > wide.txt");
      const first = await run("read_file", { path: "many.txt", limit: 3 });
      expect(first.forModel).toBe("1\t1\n2\t2\n3\t3\n[lines 1–3 of 100000; go on with offset 4]");
      expect((await run("read_file", { path: "many.txt", offset: 99_999 })).forModel).toBe(
        "99999\t99999\n100000\t100000",
      );
      const most = (await run("read_file", { path: "many.txt", limit: 100_000 })).forModel;
      expect(most.length).toBeLessThan(17_000);
      expect(most).toMatch(/\n\[lines 1–(\d+) of 100000; go on with offset \d+\]$/);
      expect((await run("read_file", { path: "wide.txt" })).forModel).toMatch(/^1\ty{2000} \[… line cut\]$/);
      expect((await run("read_file", { path: "empty.txt" })).forModel).toBe("(empty.txt is empty)");
      expect((await run("read_file", { path: "many.txt", offset: 200_000 })).forModel).toMatch(/only 100000 lines/);
    });

    it.each([
      ["missing.txt", /does not exist/],
      ["src", /is a folder/],
      ["../../etc/passwd", /outside the repository/],
      ["/etc/passwd", /outside the repository/],
      ["/proc/self/environ", /outside the repository/],
      ["out-link", /outside the repository/],
      ["out-folder/passwd", /outside the repository/],
      ["loop", /does not exist/],
      ["pipe", /not a regular file/],
      ["binary.bin", /binary file of 6 bytes/],
      ["secret", /permission denied/],
      ["huge", /larger than 32 MB/],
      ["-n", /does not exist/],
    ])("refuses %s", async (path, sentence) => {
      await thread.sh(`ln -sfn /etc/passwd out-link; ln -sfn /etc out-folder; ln -sfn loop loop; [ -p pipe ] || mkfifo pipe
        printf 'a\\0bcde' > binary.bin; : > secret; chmod 000 secret; truncate -s 3G huge`);
      const outcome = await run("read_file", { path });
      await thread.sh("rm -f huge");
      expect(outcome.status).toBe("failed");
      expect(outcome.forModel).toMatch(sentence);
    });

    it("follows links that stay inside", async () => {
      await thread.sh("ln -sfn src/a.ts in-link");
      expect((await run("read_file", { path: "in-link" })).status).toBe("completed");
    });
  });

  describe("write_file", () => {
    it("makes files with their folders, and replaces them keeping their mode", async () => {
      const made = await run("write_file", { path: "new/deep/file.txt", content: "1\n2\n" });
      expect(made).toMatchObject({
        status: "completed",
        forModel: "Made new/deep/file.txt.",
        item: { type: "fileChange", changes: [{ path: "new/deep/file.txt", kind: "add", additions: 2, deletions: 0 }] },
      });
      expect((await lstat(join(thread.tree, "new/deep/file.txt"))).mode & 0o777).toBe(0o644);
      await thread.sh("chmod 755 bin/run.sh");
      const replaced = await run("write_file", { path: "bin/run.sh", content: "#!/bin/sh\necho other\n" });
      expect(replaced.item).toMatchObject({ changes: [{ kind: "update", additions: 1, deletions: 1 }] });
      expect((await lstat(join(thread.tree, "bin/run.sh"))).mode & 0o777).toBe(0o755);
      expect(await content("bin/run.sh")).toBe("#!/bin/sh\necho other\n");
      await run("write_file", { path: "odd ' $(name) é.txt", content: "ü😀\ud800" });
      expect(await content("odd ' $(name) é.txt")).toBe("ü😀\u{fffd}");
      expect((await thread.sh("ls -A . new/deep | grep heddle-")).text).toBe("");
    });

    it.each([
      ["../out.txt", /outside/],
      ["/tmp/out.txt", /outside/],
      ["/workspace", /is a folder/],
      ["src", /is a folder/],
      ["src/", /is a folder/],
      ["README.md/x", /cannot be made/],
      ["escape/out.txt", /outside/],
      ["dangling", /outside/],
      [".git/config", /belongs to git/],
      [".git", /folder|belongs to git/],
      ["sub/.git/hooks/pre-commit", /belongs to git/],
      ["to-git/config", /belongs to git/],
      ["fifo", /not a regular file/],
    ])("refuses %s", async (path, sentence) => {
      await thread.sh(
        "ln -sfn /tmp escape; ln -sfn /tmp/made dangling; ln -sfn .git to-git; [ -p fifo ] || mkfifo fifo",
      );
      const outcome = await run("write_file", { path, content: "planted" });
      expect(outcome).toMatchObject({ status: "failed" });
      expect(outcome.forModel).toMatch(sentence);
      expect((await thread.sh("cat /tmp/out.txt /tmp/made 2>/dev/null; grep -r planted .git")).text).toBe("");
    });

    it("writes through a link that stays inside", async () => {
      await thread.sh("echo old > target.txt; ln -sfn target.txt through");
      expect((await run("write_file", { path: "through", content: "new" })).status).toBe("completed");
      expect((await thread.sh("readlink through; cat target.txt")).text).toBe("target.txt\nnew");
    });
  });

  describe("edit_file", () => {
    const edit = (path: string, old_string: string, new_string: string, more = {}) =>
      run("edit_file", { path, old_string, new_string, ...more });

    it("replaces exactly one occurrence, or all", async () => {
      await thread.sh("printf 'one\\ntwo\\none\\n' > e.txt; chmod 755 e.txt");
      expect((await edit("e.txt", "one", "1")).forModel).toMatch(/occurs 2 times/);
      expect((await edit("e.txt", "two\none", "2\n$&")).item).toMatchObject({
        changes: [{ additions: 2, deletions: 2 }],
      });
      expect(await content("e.txt")).toBe("one\n2\n$&\n");
      await thread.sh("printf 'one one\\n' > e.txt");
      expect((await edit("e.txt", "one", "x", { replace_all: true })).forModel).toMatch(/in 2 places/);
      expect(await content("e.txt")).toBe("x x\n");
      expect((await lstat(join(thread.tree, "e.txt"))).mode & 0o777).toBe(0o755);
    });

    it("keeps Windows line ends, mixed ones, and bytes that are not UTF-8", async () => {
      await thread.sh(
        "printf 'a\\r\\nb\\r\\nc\\r\\n' > crlf.txt; printf 'a\\r\\nb\\nc\\n' > mixed.txt; printf '\\xe9 x\\n' > latin.txt",
      );
      await edit("crlf.txt", "a\nb", "a\nnew\nb");
      expect(await content("crlf.txt")).toBe("a\r\nnew\r\nb\r\nc\r\n");
      await edit("mixed.txt", "b\nc", "b\nd");
      expect(await content("mixed.txt")).toBe("a\r\nb\nd\n");
      await edit("latin.txt", "x", "y");
      expect(await readFile(join(thread.tree, "latin.txt"), "latin1")).toBe("é y\n");
    });

    it.each([
      ["e.txt", "absent", "x", /does not occur/],
      ["e.txt", "x", "x", /are the same/],
      ["e.txt", "", "x", /do not fit/],
      ["missing", "a", "b", /does not exist/],
      ["zero.bin", "a", "b", /binary/],
      ["../../etc/passwd", "root", "x", /outside/],
      [".git/config", "core", "x", /belongs to git/],
    ])("refuses %s %j → %j", async (path, from, to, sentence) => {
      await thread.sh("printf 'x x\\n' > e.txt; printf 'a\\0' > zero.bin");
      const outcome = await edit(path, from, to);
      expect(outcome.status).toBe("failed");
      expect(outcome.forModel).toMatch(sentence);
    });
  });

  describe("list_files and search_files", () => {
    it("lists tracked and new files, not ignored or deleted ones, below a folder", async () => {
      const own = await project.open("list");
      const baseCommit = (await project.store.resolve("main")) ?? "";
      await prepareWorktree(own.sandbox, project.store, { threadId: "list", branch: "heddle/l", baseCommit });
      await own.sh("echo n > src/new.ts; echo i > x.log; rm README.md; printf o > $'odd\\nname'");
      const list = (input: object) => run("list_files", input, { sandbox: own.sandbox });
      const all = [".gitignore", "bin/run.sh", "odd\nname", "src/a.ts", "src/new.ts"].join("\n");
      expect((await list({})).forModel).toBe(all);
      expect((await list({ path: "src" })).forModel).toBe("src/a.ts\nsrc/new.ts");
      await own.sh("mkdir hollow; for n in $(seq 3000); do : > many-$n; done");
      expect((await list({ path: "hollow" })).forModel).toBe("(no files)");
      expect((await list({})).forModel).toMatch(/\n\[1000 of 3005 files; list a folder to see more\]$/);
      for (const [path, sentence] of [
        ["nope", /does not exist/],
        ["src/a.ts", /not a folder/],
        ["..", /outside/],
        ["/", /outside/],
      ] as const)
        expect((await list({ path })).forModel).toMatch(sentence);
      await own.sh("rm -rf many-*; echo broken > .git/HEAD");
      expect((await list({})).forModel).toContain("src/new.ts");
      const search = await run("search_files", { pattern: "export const", path: "src" }, { sandbox: own.sandbox });
      expect(search.forModel).toBe("src/a.ts:1:export const a = 1;\nsrc/a.ts:2:export const b = 2;");
    });

    it("searches text files, nested repositories too, and stays bounded", async () => {
      const search = async (input: object) => (await run("search_files", input)).forModel;
      await thread.sh(`mkdir -p nested; git init -q nested; echo 'needle in nested' > nested/f; echo needle > needle.log
        printf 'needle\\0' > needle.bin; (echo "needle $(head -c 5000 /dev/zero | tr '\\0' z)") > long.txt`);
      expect(await search({ pattern: "const [ab] =", path: "src" })).toBe(
        "src/a.ts:1:export const a = 1;\nsrc/a.ts:2:export const b = 2;",
      );
      const found = (await search({ pattern: "needle" })).split("\n");
      expect(found.map((line) => line.slice(0, 9)).sort()).toEqual(["long.txt:", "nested/f:"]);
      expect(Math.max(...found.map((line) => line.length))).toBeLessThan(310);
      expect(await search({ pattern: "NEEDLE", ignore_case: true, glob: "nested/**" })).toBe(
        "nested/f:1:needle in nested",
      );
      expect(await search({ pattern: "a = 1;", literal: true, glob: "**/*.ts" })).toBe(
        "src/a.ts:1:export const a = 1;",
      );
      expect(await search({ pattern: "no such text" })).toBe("(no matches)");
      expect(await search({ pattern: "(" })).toMatch(/search failed/);
      expect(await search({ pattern: "x", path: "../.." })).toMatch(/outside/);
      expect(await search({ pattern: "--open-files-in-pager=touch ran" })).toBe("(no matches)");
      await thread.sh("seq 1 500000 > numbers.txt");
      expect(await search({ pattern: "1", glob: "numbers.txt" })).toMatch(
        /\n\[200 of \d+ or more matching lines; narrow the search/,
      );
    });
  });
});
