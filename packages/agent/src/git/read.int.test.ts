import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diff, diffStat } from "./read.ts";
import { commitAll, createProject, type TestProject, userGit, writeFiles } from "./testing/project.ts";

const lines = (count: number, text = "line") => Array.from({ length: count }, (_, n) => `${text} ${n}\n`).join("");

describe("diff", () => {
  let project: TestProject;

  beforeAll(async () => {
    project = await createProject({
      "keep.txt": "same\n",
      "edit.txt": "a\nb\nc\n",
      "gone.txt": "1\n2\n",
      "old name.txt": lines(20),
      "script.sh": "echo\n",
      "becomes-link": "text\n",
      "picture.bin": Buffer.from([0, 1, 2, 3]),
      "crlf.txt": "a\r\n",
    });
  });
  afterAll(() => project.close());

  async function change(command: string, files: Record<string, string | Uint8Array> = {}) {
    const from = (await userGit(project.source, "rev-parse", "HEAD")).trim();
    await writeFiles(project.source, files);
    execFileSync("bash", ["-c", command], { cwd: project.source });
    const to = await commitAll(project.source, "change");
    await project.store.fetch(project.source);
    const { threadsDir } = project.store;
    return { files: await diff(threadsDir, from, to), stat: await diffStat(threadsDir, from, to) };
  }

  it("tells added, modified, deleted, renamed, mode, binary and kind changes, each with its own patch", async () => {
    const { files, stat } = await change(
      `mv 'old name.txt' 'new name.txt'; echo extra >> 'new name.txt'; rm gone.txt; chmod +x script.sh
       rm becomes-link; ln -s keep.txt becomes-link; printf '\\0\\1changed' > picture.bin`,
      { "edit.txt": "a\nB\nc\nd\n", "added/x.txt": "diff --git a/fake b/fake\nx" },
    );
    const summary = files.map(({ path, oldPath, status, additions, deletions, binary }) =>
      [path, oldPath, status, additions, deletions, binary].join("|"),
    );
    expect(summary).toEqual([
      "added/x.txt||added|2|0|false",
      "becomes-link||modified|1|1|false",
      "edit.txt||modified|2|1|false",
      "gone.txt||deleted|0|2|false",
      "new name.txt|old name.txt|renamed|1|0|false",
      "picture.bin||modified|0|0|true",
      "script.sh||modified|0|0|false",
    ]);
    for (const { path, patch } of files) expect(patch).toContain(path);
    const patchOf = (path: string) => files.find((file) => file.path === path)?.patch ?? "";
    expect(patchOf("edit.txt")).toContain("@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n");
    expect(patchOf("added/x.txt")).toContain("+diff --git a/fake b/fake\n+x\n\\ No newline at end of file\n");
    expect(patchOf("becomes-link").match(/^diff --git/gm)).toHaveLength(2);
    expect(patchOf("script.sh")).toContain("new mode 100755");
    expect(patchOf("new name.txt")).toContain("rename from old name.txt");
    expect(patchOf("picture.bin")).toContain("Binary files");
    expect(stat).toEqual({ files: 7, additions: 6, deletions: 4 });
  });

  it("handles odd names", async () => {
    const { files } =
      await change(String.raw`echo 1 > $'new\nline'; echo 2 > 'quo"te'; echo 3 > $'tab\t'; echo 4 > 'ü😀'
      echo 5 > $'bad\xff'; echo 6 > '-dash'; echo 7 > ' space '; echo 8 > ':colon'; echo 9 > 'R100'`);
    expect(files.map(({ path, additions }) => `${path}=${additions}`)).toEqual([
      " space =1",
      "-dash=1",
      ":colon=1",
      "R100=1",
      "bad\\377=1",
      "new\nline=1",
      'quo"te=1',
      "tab\t=1",
      "ü😀=1",
    ]);
    for (const [index, file] of files.entries()) expect(file.patch, `${index}`).toMatch(/^diff --git[\s\S]*\n\+\d\n$/);
  });

  it("is empty for equal trees and fails for unknown ones", async () => {
    const head = (await userGit(project.source, "rev-parse", "HEAD")).trim();
    expect(await diff(project.store.threadsDir, head, head)).toEqual([]);
    expect(await diffStat(project.store.threadsDir, head, head)).toEqual({ files: 0, additions: 0, deletions: 0 });
    const unknown = diff(project.store.threadsDir, head, "1".repeat(40));
    await expect(unknown).rejects.toMatchObject({ code: "GIT_FAILED" });
    const option = diff(project.store.threadsDir, head, "--output=/tmp/x");
    await expect(option).rejects.toMatchObject({ code: "GIT_FAILED" });
  });

  it("bounds large patches and large files, and says so", async () => {
    const big = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [`big/${n + 100}.txt`, lines(50_000, `file ${n} has line`)]),
    );
    const { files, stat } = await change("true", {
      ...big,
      "z-huge.txt": lines(900_000),
      "nul-late.txt": `${lines(2000)}\0\n`,
    });
    expect(files).toHaveLength(32);
    const total = files.reduce((sum, file) => sum + file.patch.length, 0);
    expect(total).toBeLessThan(32 * 1024 * 1024);
    expect(files[0]).toMatchObject({ additions: 50_000, truncated: true });
    for (const { patch } of files) {
      expect(patch.length).toBeLessThanOrEqual(512 * 1024);
      expect(patch === "" || patch.endsWith("\n")).toBe(true);
      expect(patch).not.toContain("\0");
    }
    expect(files.at(-1)).toMatchObject({ path: "z-huge.txt", binary: true });
    expect(stat.additions).toBe(30 * 50_000 + 2001);
  });
});
