import { exitCode, printedPaths } from "../results.ts";
import { type Script, step } from "../script.ts";
import { call } from "../wire.ts";
import { quote } from "./shell-text.ts";

const maxFiles = 200;

/** Renames an identifier in every text file that holds it as a whole word. */
export function* renameSymbol(from: string, to: string): Script {
  const find = (name: string) =>
    `grep -rlIw --exclude-dir=.git --exclude-dir=node_modules -e ${quote(name)} . | sort | head -n ${maxFiles}`;
  const [found, taken] = yield step(
    `I look for \`${from}\`, and whether \`${to}\` is taken.`,
    call("shell", { command: find(from) }),
    call("shell", { command: find(to) }),
  );
  const paths = printedPaths(found);
  if (paths.length === 0) return `I found no file that holds \`${from}\`. Nothing changed.`;

  const pattern = `s/(^|[^A-Za-z0-9_$])${escapeSed(from)}($|[^A-Za-z0-9_$])/\\1${escapeSed(to)}\\2/g`;
  // Twice, because two names with one character between them share it.
  const edits = paths.map((path) =>
    call("shell", { command: `sed -E -i -e ${quote(pattern)} -e ${quote(pattern)} ${quote(path)}` }),
  );
  const results = yield step(`\`${from}\` is in ${count(paths.length, "file")}. I rename it in each.`, ...edits);
  const [left] = yield step("I check that nothing is left.", call("shell", { command: find(from) }));

  const failed = paths.filter((_, place) => exitCode(results[place]) !== 0);
  const remaining = printedPaths(left);
  const collisions = printedPaths(taken);
  return [
    `I renamed \`${from}\` to \`${to}\` in ${count(paths.length - failed.length, "file")}:`,
    paths.map((path) => `- \`${path}\``).join("\n"),
    ...(failed.length > 0 ? [`These could not be edited: ${failed.join(", ")}.`] : []),
    ...(remaining.length > 0 ? [`\`${from}\` is still in: ${remaining.join(", ")}.`] : []),
    ...(collisions.length > 0 ? [`Careful: \`${to}\` was already used in ${collisions.join(", ")}.`] : []),
    "I did not run the tests. Ask me to **run the tests** if you want that.",
  ].join("\n\n");
}

function escapeSed(text: string): string {
  return text.replace(/[$.*[\]^\\/&]/g, "\\$&");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
