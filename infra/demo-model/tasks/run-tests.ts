import { exitCode, fileText, printed, printedPaths, refusal } from "../results.ts";
import { type Script, type StepResults, step } from "../script.ts";
import { call } from "../wire.ts";
import { proposeEdits, type SourceEdit } from "./repair.ts";
import { fence, listFilesCommand, tail } from "./shell-text.ts";
import { readTestOutput, type TestReport, testCommand } from "./test-runner.ts";

const maxTries = 8;
const maxSources = 6;

type Step = ReturnType<typeof step>;
type Sources = Map<string, string>;

/** Runs the project's tests; with `fix` it also looks for the small change that makes them pass. */
export function* runTests(fix: boolean): Script {
  const { command, paths } = yield* findTestCommand();
  if (command === null)
    return "I found no tests that I know how to run: no test script, no pytest, Go, Cargo or Makefile project.";
  const [first] = yield step(`The tests are run with \`${command}\`.`, call("shell", { command }));
  const output = printed(first);
  if (exitCode(first) === 0) return `All tests pass.\n\n${fence(tail(output, 12), "text")}`;
  const report = readTestOutput(output, paths);
  const failures =
    report.failures.length > 0
      ? report.failures.map((name) => `- ${name}`).join("\n")
      : fence(tail(output, 20), "text");
  if (!fix) return `The tests fail.\n\n${failures}\n\nAsk me to **fix the failing test** and I try.`;

  const { test, sources } = yield* readSuspects(report, paths);
  const sentence = describe(report);
  let tries = 0;
  for (const edit of proposeEdits(sources, test, report).slice(0, maxTries)) {
    const before = tries === 0 ? sentence : "That was not it. I undo it and try the next suspect.";
    const edited = yield* tryEdit(edit, before);
    if (edited !== null) continue;
    tries++;
    const [again] = yield step("I run the tests again.", call("shell", { command }));
    if (exitCode(again) === 0) return success(edit, report, command);
    yield step("", call("edit_file", { path: edit.path, old_string: edit.newText, new_string: edit.oldText }));
  }
  return `I could not find a small change that makes the tests pass. I tried ${tries} and undid each, so the files are as before.\n\nStill failing:\n\n${failures}`;
}

function* findTestCommand(): Generator<Step, { command: string | null; paths: string[] }, StepResults> {
  const [listed] = yield step(
    "I look at how the project is tested.",
    call("shell", {
      command: listFilesCommand,
    }),
  );
  const paths = printedPaths(listed);
  if (!paths.includes("package.json")) return { command: testCommand(paths, ""), paths };
  const [manifest] = yield step("", call("read_file", { path: "package.json" }));
  return { command: testCommand(paths, fileText(manifest)), paths };
}

/** The failing test's file, and the files of the project that it uses. */
function* readSuspects(
  report: TestReport,
  known: string[],
): Generator<Step, { test: string; sources: Sources }, StepResults> {
  const isTest = (path: string) => /test|spec/i.test(path);
  const testPath = report.places.find(({ path }) => isTest(path))?.path;
  const test =
    testPath === undefined
      ? ""
      : fileText((yield step("I read the failing test.", call("read_file", { path: testPath })))[0]);
  const imported = testPath === undefined ? [] : importedPaths(testPath, test);
  const named = report.places.map(({ path }) => path).filter((path) => !isTest(path));
  const paths = [...new Set([...named, ...imported])].filter((path) => known.includes(path)).slice(0, maxSources);
  if (paths.length === 0) return { test, sources: new Map() };
  const results = yield step("I read the code that it tests.", ...paths.map((path) => call("read_file", { path })));
  return { test, sources: new Map(paths.map((path, place) => [path, fileText(results[place])])) };
}

/** Relative imports of JavaScript, and `from package.module import` of Python. */
function importedPaths(testPath: string, test: string): string[] {
  const folder = testPath.split("/").slice(0, -1);
  const relative = [...test.matchAll(/(?:from|import|require\()\s*["'](\.{1,2}\/[^"']+)["']/g)].map(([, path = ""]) => {
    const parts = [...folder];
    for (const part of path.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== ".") parts.push(part);
    }
    return parts.join("/");
  });
  const python = [...test.matchAll(/^(?:from|import) ([\w.]+)/gm)].map(
    ([, name = ""]) => `${name.replaceAll(".", "/")}.py`,
  );
  return testPath.endsWith(".py") ? python : relative;
}

/** Makes an edit; null, or why it could not be made. */
function* tryEdit(edit: SourceEdit, sentence: string): Generator<Step, string | null, StepResults> {
  const [edited] = yield step(
    `${sentence}\n\nSuspect: \`${edit.path}\`, ${edit.reason}.`,
    call("edit_file", { path: edit.path, old_string: edit.oldText, new_string: edit.newText }),
  );
  return refusal(edited);
}

function describe({ failures, expected, actual }: TestReport): string {
  const name = failures[0] === undefined ? "A test fails" : `**${failures[0]}** fails`;
  return expected !== null && actual !== null
    ? `${name}: it expects \`${expected}\` and gets \`${actual}\`.`
    : `${name}.`;
}

function success(edit: SourceEdit, report: TestReport, command: string): string {
  return [
    `Fixed. ${describe(report)} The cause was in \`${edit.path}\`: ${edit.reason}.`,
    fence(`-${edit.oldText.replaceAll("\n", "\n-")}\n+${edit.newText.replaceAll("\n", "\n+")}`, "diff"),
    `I ran \`${command}\` again: all tests pass.`,
  ].join("\n\n");
}
