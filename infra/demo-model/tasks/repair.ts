import type { TestReport } from "./test-runner.ts";

/** A change of one place in one file; `oldText` occurs exactly once in it. */
export type SourceEdit = { path: string; oldText: string; newText: string; reason: string };

type Mutation = { pattern: RegExp; replacement: string; reason: string };

/** The usual small mistakes, the likeliest first. */
const mutations: Mutation[] = [
  { pattern: /(?<=\s)>(?=\s)/, replacement: ">=", reason: "a comparison leaves out the boundary itself" },
  { pattern: /(?<=\s)<(?=\s)/, replacement: "<=", reason: "a comparison leaves out the boundary itself" },
  { pattern: />=/, replacement: ">", reason: "a comparison takes in the boundary itself" },
  { pattern: /<=/, replacement: "<", reason: "a comparison takes in the boundary itself" },
  { pattern: / - 1\b/, replacement: "", reason: "it is off by one" },
  { pattern: / \+ 1\b/, replacement: "", reason: "it is off by one" },
  { pattern: /===/, replacement: "!==", reason: "a condition is the wrong way round" },
  { pattern: /!==/, replacement: "===", reason: "a condition is the wrong way round" },
  { pattern: /(?<=\s)==(?=\s)/, replacement: "!=", reason: "a condition is the wrong way round" },
  { pattern: /&&/, replacement: "||", reason: "a condition asks for both where one is enough" },
  { pattern: /\|\|/, replacement: "&&", reason: "a condition is content with one where both are needed" },
  { pattern: /(?<=\s)\+(?=\s)/, replacement: "-", reason: "it adds where it should subtract" },
  { pattern: /(?<=\s)-(?=\s)/, replacement: "+", reason: "it subtracts where it should add" },
  { pattern: /(?<=\s)\*(?=\s)/, replacement: "/", reason: "it multiplies where it should divide" },
  { pattern: /(?<=\s)\/(?=\s)/, replacement: "*", reason: "it divides where it should multiply" },
  { pattern: /\bMath\.floor\b/, replacement: "Math.round", reason: "it rounds down" },
  { pattern: /\bMath\.ceil\b/, replacement: "Math.round", reason: "it rounds up" },
  { pattern: /\bMath\.min\b/, replacement: "Math.max", reason: "it takes the smallest instead of the largest" },
  { pattern: /\bMath\.max\b/, replacement: "Math.min", reason: "it takes the largest instead of the smallest" },
  { pattern: /\.some\(/, replacement: ".every(", reason: "one match is taken for all" },
  { pattern: /\.every\(/, replacement: ".some(", reason: "all are asked for where one is enough" },
  { pattern: /\.replace\(/, replacement: ".replaceAll(", reason: "only the first match is replaced" },
  { pattern: /\[0\]/, replacement: "[1]", reason: "it takes the wrong element" },
  { pattern: /\b1\b/, replacement: "0", reason: "a number is off by one" },
  { pattern: /\b0\b/, replacement: "1", reason: "a number is off by one" },
  { pattern: /\btrue\b/, replacement: "false", reason: "a value is the wrong way round" },
  { pattern: /\bfalse\b/, replacement: "true", reason: "a value is the wrong way round" },
];

/**
 * Small changes that might make the failing test pass, the likeliest first: in lines of functions that the failing
 * lines of the test call, or that the output names, before all other lines.
 */
export function proposeEdits(sources: ReadonlyMap<string, string>, test: string, report: TestReport): SourceEdit[] {
  const testLines = test.split("\n");
  const failing = report.places
    .filter(({ path }) => /test|spec/i.test(path))
    .map(({ line }) => testLines[line - 1] ?? "");
  const called = new Set(
    failing.flatMap((line) => [...line.matchAll(/\b([A-Za-z_]\w*)\s*\(/g)].map(([, name = ""]) => name)),
  );
  const edits: (SourceEdit & { rank: number })[] = [];
  for (const [path, source] of sources) {
    const lines = source.split("\n");
    for (const [index, line] of lines.entries()) {
      if (/^\s*(\/\/|\/?\*|#|import\b|from\b)/.test(line)) continue;
      const suspect =
        called.has(enclosingFunction(lines, index)) ||
        report.places.some((p) => p.path === path && p.line === index + 1);
      for (const [place, { pattern, replacement, reason }] of mutations.entries()) {
        const changed = line.replace(pattern, replacement);
        const edit = changed === line ? null : uniqueEdit(lines, index, changed);
        if (edit !== null) edits.push({ path, ...edit, reason, rank: (suspect ? 0 : mutations.length) + place });
      }
    }
  }
  return edits.sort((a, b) => a.rank - b.rank).map(({ rank: _, ...edit }) => edit);
}

/** The name of the function that a line is in, told from definitions above it with less indentation; empty if none. */
function enclosingFunction(lines: string[], index: number): string {
  const definition = /\b(?:function|def|func|fn)\s+(\w+)|\b(?:const|let)\s+(\w+)\s*=\s*(?:async\s*)?(?:\(|\w+\s*=>)/;
  let indent = indentOf(lines[index] ?? "") + 1;
  for (let above = index; above >= 0; above--) {
    const line = lines[above] ?? "";
    if (line.trim() === "" || indentOf(line) >= indent) continue;
    indent = indentOf(line);
    const match = definition.exec(line);
    if (match) return match[1] ?? match[2] ?? "";
  }
  return "";
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The change of a line, with as many lines above it as make it unique in the file; null if none do. */
function uniqueEdit(lines: string[], index: number, changed: string): { oldText: string; newText: string } | null {
  const source = lines.join("\n");
  for (let from = index; from >= Math.max(0, index - 4); from--) {
    const above = lines.slice(from, index);
    const oldText = [...above, lines[index] ?? ""].join("\n");
    const newText = [...above, changed].join("\n");
    if (occursOnce(source, oldText) && !source.includes(newText)) return { oldText, newText };
  }
  return null;
}

function occursOnce(source: string, text: string): boolean {
  return source.indexOf(text) === source.lastIndexOf(text);
}
