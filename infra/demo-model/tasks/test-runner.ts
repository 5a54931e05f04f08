/** The command that runs a project's tests, from its files; null if nothing tells. `manifest` is the text of package.json. */
export function testCommand(paths: string[], manifest: string): string | null {
  if (/"test"\s*:/.test(manifest) && !/no test specified/.test(manifest)) return "npm test";
  if (paths.includes("go.mod")) return "go test ./...";
  if (paths.includes("Cargo.toml")) return "cargo test";
  const python = paths.some((path) => /(^|\/)(test_\w+|\w+_test)\.py$|^(pytest\.ini|conftest\.py)$/.test(path));
  if (python) return "python3 -m pytest -q";
  if (paths.includes("Makefile")) return "make test";
  if (paths.some((path) => /\.test\.[cm]?js$/.test(path))) return "node --test";
  return null;
}

/** A failing test as far as its output tells. Line numbers count from 1. */
export type TestReport = {
  failures: string[];
  /** Places named in the output, inside the repository. */
  places: { path: string; line: number }[];
  expected: string | null;
  actual: string | null;
};

const failurePatterns = [
  /^\s*not ok \d+ -? ?(.+?)(?:\s*#.*)?$/gm,
  /^\s*✖ (?!failing tests)(.+?)(?: \([\d.]+ms\))?$/gm,
  /^\s*[×✗] (.+?)(?: \d+ms)?$/gm,
  /^FAILED (\S+)/gm,
  /^\s*--- FAIL: (\S+)/gm,
  /^test (\S+) \.\.\. FAILED$/gm,
];

/** Reads the output of node's runner, vitest, pytest, go and cargo. `paths` are the project's files. */
export function readTestOutput(output: string, paths: string[]): TestReport {
  const failures = failurePatterns.flatMap((pattern) =>
    [...output.matchAll(pattern)].map((match) => (match[1] ?? "").trim()),
  );
  const places = [...output.matchAll(/([\w@./-]+\.(?:[cm]?[jt]s|py|go|rs)):(\d+)/g)].flatMap(
    ([, printed = "", line]) => {
      const path = paths.find((known) => printed === known || printed.endsWith(`/${known}`));
      return path === undefined ? [] : [{ path, line: Number(line) }];
    },
  );
  return {
    failures: [...new Set(failures)].filter((name) => !/\.[cm]?[jt]s$/.test(name)),
    places: places.filter(
      (place, index) => places.findIndex((p) => p.path === place.path && p.line === place.line) === index,
    ),
    expected: /^\s*expected:? ?['"]?(.+?)['"]?,?$/im.exec(output)?.[1] ?? null,
    actual: /^\s*actual:? ?['"]?(.+?)['"]?,?$/im.exec(output)?.[1] ?? null,
  };
}
