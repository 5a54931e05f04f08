import { exitCode, printed, refusal } from "../results.ts";
import { type Script, step } from "../script.ts";
import { call } from "../wire.ts";
import { fence, quote } from "./shell-text.ts";

/** Makes a file, or gives an existing one the new content. */
export function* createFile(path: string, content: string | null): Script {
  const [found] = yield step(`I check whether \`${path}\` exists.`, call("read_file", { path }));
  const text = withNewline(content ?? defaultContent(path));
  const [written] = yield step("", call("write_file", { path, content: text }));
  const refused = refusal(written);
  if (refused !== null) return `I could not write \`${path}\`: ${refused}`;
  const verb = / does not exist\.$/.test(found?.result ?? "") ? "created" : "rewrote";
  return `I ${verb} \`${path}\`. It holds:\n\n${fence(text, language(path))}`;
}

/** Adds text at the end of a file. */
export function* appendToFile(path: string, text: string): Script {
  const command = `printf '%s\\n' ${quote(text)} >> ${quote(path)} && tail -n 5 ${quote(path)}`;
  const [result] = yield step(`I append to \`${path}\`.`, call("shell", { command }));
  if (exitCode(result) !== 0) return `I could not append to \`${path}\`. ${printed(result)}`;
  return `I appended to \`${path}\`:\n\n${fence(text)}`;
}

/** Replaces every occurrence of a text in a file. */
export function* replaceInFile(path: string, oldText: string, newText: string): Script {
  yield step(`I read \`${path}\` first.`, call("read_file", { path }));
  const [edited] = yield step(
    "",
    call("edit_file", { path, old_string: oldText, new_string: newText, replace_all: true }),
  );
  const refused = refusal(edited);
  if (refused !== null) return `I left \`${path}\` as it was: ${refused}`;
  return `I replaced \`${oldText}\` with \`${newText}\` in \`${path}\`.`;
}

/** Deletes a file; git keeps the old version. */
export function* deleteFile(path: string): Script {
  const [result] = yield step("", call("shell", { command: `rm -- ${quote(path)}` }));
  return exitCode(result) === 0 ? `I deleted \`${path}\`.` : `I could not delete \`${path}\`. ${printed(result)}`;
}

/** Moves a file, with the folders that the new place needs. */
export function* renameFile(from: string, to: string): Script {
  const folder = to.includes("/") ? `mkdir -p ${quote(to.replace(/\/[^/]*$/, ""))} && ` : "";
  const [result] = yield step("", call("shell", { command: `${folder}mv -n -- ${quote(from)} ${quote(to)}` }));
  return exitCode(result) === 0
    ? `I renamed \`${from}\` to \`${to}\`.`
    : `I could not rename \`${from}\`. ${printed(result)}`;
}

function withNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

function language(path: string): string {
  return /\.(\w+)$/.exec(path)?.[1] ?? "";
}

function defaultContent(path: string): string {
  const name = path.split("/").at(-1) ?? path;
  const title = name.replace(/\.\w+$/, "");
  switch (language(path)) {
    case "md":
      return `# ${title}\n\nThis page was made by Heddle's scripted demo model.\n`;
    case "json":
      return "{}\n";
    case "js":
    case "mjs":
    case "ts":
      return `export const name = ${JSON.stringify(title)};\n`;
    case "py":
      return `NAME = ${JSON.stringify(title)}\n`;
    case "sh":
      return `#!/bin/sh\nset -eu\n\necho ${quote(title)}\n`;
    default:
      return `${title}\n`;
  }
}
